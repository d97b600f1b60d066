"""What is to happen on a host, as data: for people to read, and for `script.py` to compile."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from provisioning.command import Command


@dataclass(frozen=True)
class FileDiff:
    """A file as it is and as it shall be, both as people may see them."""

    path: str
    before: str
    after: str

    def unified(self) -> str:
        """Return the unified diff, '' when nothing that may be shown differs."""
        old, new = (text.splitlines(keepends=True) for text in (self.before, self.after))
        name = self.path.lstrip("/")
        lines = difflib.unified_diff(old, new, f"a/{name}" if old else "/dev/null", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True)
class PackageChange:
    name: str
    before: str = ""
    """The installed version, '' when it is not."""
    after: str = "newest"


@dataclass(frozen=True)
class Change:
    """One thing that people can read, run and undo."""

    sentence: str
    """Imperative, without a full stop: `Write /etc/docker/daemon.json`."""
    commands: tuple[Command, ...]
    undo: tuple[Command, ...] = ()
    """What puts things right again when the commands half failed."""
    back: tuple[Command, ...] = ()
    """What takes back, much later, the part of it that is neither a file nor a package."""
    diff: FileDiff | None = None
    packages: tuple[PackageChange, ...] = ()
    stops: tuple[str, ...] = ()
    """Names of running containers that this change interrupts."""
    hint: str = ""
    """What to do when it fails, where more can be said than its output says."""


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...] = ()
    notices: tuple[str, ...] = field(default=())
    """What the person should know and the plan cannot change."""

    def __bool__(self) -> bool:
        return bool(self.changes)
