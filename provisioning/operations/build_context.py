"""The folder that an image is built from, as the tar that an engine reads: without what .dockerignore leaves behind."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from provisioning.containers import dockerignore
from provisioning.containers.dockerignore import Ignored
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.streaming import CHUNK

_BLOCK = 512
_END = bytes(2 * _BLOCK)


def rules(folder: Path, dockerfile: str) -> Ignored:
    """Return what stays behind. Raises UsageError where there is no Dockerfile, or a rule is none."""
    if not (folder / dockerfile).is_file():
        raise UsageError(f"There is no {dockerfile} in {folder}.", "Name the folder that has it, or the file: --file.")
    own = folder / f"{dockerfile}.dockerignore"  # what BuildKit looks for first
    path = own if own.is_file() else folder / ".dockerignore"
    sent = frozenset({dockerfile})
    if not path.is_file():
        return Ignored(always_sent=sent)
    try:
        return dockerignore.read(path.read_text(encoding="utf-8"), sent)
    except ValueError as wrong:
        raise UsageError(f"{path} has a line that is no pattern: {wrong}.") from wrong


def packed(folder: Path, ignored: Ignored) -> Iterator[bytes]:
    """Yield the tar, file by file, never a whole one in memory. Raises UsageError for what cannot be read."""
    with tarfile.open(fileobj=io.BytesIO(), mode="w") as frame:
        # The folder itself comes first: docker looks at 512 bytes for a tar, and a long name's header is no plain one.
        for path, name in ((folder, "."), *_found(folder, ignored)):
            try:
                info = frame.gettarinfo(path, name)
            except OSError as problem:
                raise _unreadable(problem) from problem
            if info is not None:  # sockets have no place in a tar
                yield from _member(path, _ownerless(info))
    yield _END


def _found(folder: Path, ignored: Ignored) -> Iterator[tuple[Path, str]]:
    """Yield what is sent and what it is called, folders before what is in them."""
    for above, folders, files in os.walk(folder, onerror=_refuse):
        here = Path(above).relative_to(folder)
        names = {name: (here / name).as_posix() for name in sorted([*folders, *files])}
        folders[:] = [name for name in sorted(folders) if not ignored.closes(names[name])]
        for name, path in names.items():
            if not ignored.excludes(path):
                yield Path(above, name), path


def _refuse(problem: OSError) -> None:
    raise _unreadable(problem) from problem


def _unreadable(problem: OSError) -> UsageError:
    return UsageError(f"{problem.filename} cannot be read: {problem.strerror}.", "Leave it behind by .dockerignore.")


def _ownerless(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return it as docker itself sends it: who owns a file here says nothing in an image."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = int(info.mtime)
    return info


def _member(path: Path, info: tarfile.TarInfo) -> Iterator[bytes]:
    if not info.isreg():
        yield info.tobuf(tarfile.PAX_FORMAT)
        return
    try:
        with path.open("rb") as file:
            yield info.tobuf(tarfile.PAX_FORMAT)
            yield from _content(file, path, info.size)
    except OSError as problem:
        raise _unreadable(problem) from problem
    yield bytes(-info.size % _BLOCK)


def _content(file: io.BufferedReader, path: Path, size: int) -> Iterator[bytes]:
    """Yield as many bytes as the header promised; a file that grew meanwhile is cut, one that shrank is refused."""
    while size:
        chunk = file.read(min(CHUNK, size))
        if not chunk:
            raise ChangeFailed(f"{path} became smaller while it was sent.", "Run the same command again.")
        size -= len(chunk)
        yield chunk
