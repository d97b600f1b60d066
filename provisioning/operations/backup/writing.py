"""Write a backup's file: one part after the other as it arrives, then what describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.containers.archive import PART
from provisioning.containers.backup import layout
from provisioning.containers.backup.manifest import Part
from provisioning.operations.streaming import Summing, Take, part_file, passing

PRIVATE = 0o600
"""A backup holds whatever the container knew, passwords too."""


@dataclass
class BackupFile:
    """A backup that is being written."""

    _part: Path
    _write: Take
    _at: int = 0
    _sums: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Write a part; how large it is, is known at its end. Raises what `chunks` does."""
        begin, summing = self._at, Summing()
        self._append(bytes(layout.BLOCK))
        for chunk in passing(chunks, summing.take):
            self._append(chunk)
        size, sha256 = summing.sum.size, summing.sum.sha256
        self._append(bytes(layout.padding(size)))
        with self._part.open("r+b") as file:
            file.seek(begin)
            file.write(layout.header(name, size))
        self._sums.append((sha256, name))
        return Part(name, size, sha256)

    def finish(self, manifest: bytes) -> None:
        """Write what describes the parts."""
        self._add_text(layout.MANIFEST, manifest)
        self._sums.append((hashlib.sha256(manifest).hexdigest(), layout.MANIFEST))
        self._add_text(layout.SUMS, layout.render_sums(self._sums))
        self._append(layout.END)

    def _add_text(self, name: str, text: bytes) -> None:
        self._append(layout.header(name, len(text)) + text + bytes(layout.padding(len(text))))

    def _append(self, chunk: bytes) -> None:
        self._write(chunk)
        self._at += len(chunk)


@contextmanager
def backup_file(path: Path) -> Iterator[BackupFile]:
    """Give what writes to `path`, which is there only when all went well. Raises what `part_file` does."""
    with part_file(path, PRIVATE) as write:
        yield BackupFile(path.with_name(path.name + PART), write)
