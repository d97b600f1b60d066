"""Folders and small files of this machine, by their paths as its own programs write them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class HostFiles(Protocol):
    def is_folder(self, path: str) -> bool: ...

    def is_file(self, path: str) -> bool: ...

    def read(self, path: str) -> str | None:
        """Return the text of a file; None where there is none that can be read."""

    def write(self, path: str, text: str) -> None:
        """Make or replace a file. Raises OSError."""

    def remove(self, path: str) -> None:
        """Remove a file, if it is there. Raises OSError."""


class LocalFiles:
    def is_folder(self, path: str) -> bool:
        return Path(path).is_dir()

    def is_file(self, path: str) -> bool:
        return Path(path).is_file()

    def read(self, path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def write(self, path: str, text: str) -> None:
        Path(path).write_text(text, encoding="utf-8", newline="\n")

    def remove(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)
