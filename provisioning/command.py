"""What runs on a host: an argv, perhaps with standard input. Rendered to shell here and nowhere else."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

HIDDEN = "***"


@dataclass(frozen=True)
class Secret:
    """Text that must never be shown. Not a `str`, so that no formatting or quoting leaks it by accident."""

    _text: str

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__


@dataclass(frozen=True)
class Command:
    """One program to run. A secret may travel in `stdin`, never in `argv` (which `ps` shows)."""

    argv: tuple[str, ...]
    stdin: str | Secret | None = None

    def __str__(self) -> str:
        """How people see it: quoted like a shell line, without its standard input."""
        return shlex.join(self.argv)


def command(*argv: str, stdin: str | Secret | None = None) -> Command:
    return Command(argv, stdin)


def render(cmd: Command) -> str:
    """Return the POSIX shell text that runs `cmd`. `printf` is a builtin: its argument is in no process list."""
    line = shlex.join(cmd.argv)
    if cmd.stdin is None:
        return f"{line} </dev/null"
    text = cmd.stdin.reveal() if isinstance(cmd.stdin, Secret) else cmd.stdin
    return f"printf %s {shlex.quote(text)} | {line}"


def write_file(path: str, content: str | Secret, seen: str, mode: str = "0644") -> Command:
    """Replace `path` atomically, if it still is what the plan saw (its SHA-256, or `absent`). See prelude.sh."""
    return Command(("gd_put", path, mode, seen), content)


def restore_file(path: str) -> Command:
    """Put back what `write_file` replaced in this run."""
    return Command(("gd_restore", path))
