"""The machine that a person sits at, as a value: everything that depends on Windows or not asks this."""

from __future__ import annotations

import ntpath
import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Workstation:
    windows: bool
    home: str
    folder: str
    """The current one."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Names in upper case, as Windows has them."""

    def join(self, *parts: str) -> str:
        return ntpath.join(*parts) if self.windows else posixpath.join(*parts)

    def parent(self, path: str) -> str:
        return ntpath.dirname(path) if self.windows else posixpath.dirname(path)

    def quoted(self, path: str) -> str:
        """Return a path for a command line: on Windows as cmd, PowerShell and Git Bash all take it."""
        if not self.windows:
            return shlex.quote(path)
        return f'"{path[:-1]}/"' if path.endswith("\\") else f'"{path}"'  # a backslash would escape the quote

    def same_path(self, one: str, other: str) -> bool:
        return self.folded(one) == self.folded(other)

    def folded(self, path: str) -> str:
        """Return what two writings of one path have in common: on Windows case and prefixes mean nothing."""
        if not self.windows:
            return posixpath.normpath(path)
        return ntpath.normpath(without_prefix(path)).casefold().rstrip("\\")


def without_prefix(path: str) -> str:
    r"""Return a Windows path without `\\?\`, which VirtualBox 5 was given and wrote back: machine#1992 of Kitematic."""
    plain = path.replace("/", "\\")
    if plain[:8].upper() == "\\\\?\\UNC\\":
        return "\\\\" + plain[8:]
    return plain[4:] if plain.startswith("\\\\?\\") else plain
