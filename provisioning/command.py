"""What runs on a host: an argv, perhaps with standard input. Rendered to shell here and nowhere else."""

from __future__ import annotations

import re
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


_USER = re.compile(r"(?<=://)[^/\s]+(?=@)")


def hide_users(text: str) -> str:
    """Return `text` as it may be shown: without the users of its URIs, which have passwords."""
    return _USER.sub(HIDDEN, text)


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


# In a pipe the shell knows the last exit code alone. Each of the two is written to a channel beside the pipe instead.
_JOINED = (
    "exec 3>&1; "
    "codes=$({{ {{ {first} 3>&- 4>&-; echo $? >&4; }} | {{ {second} >&3 3>&- 4>&-; echo $? >&4; }}; }} 4>&1); "
    'for code in $codes; do [ "$code" = 0 ] || exit "$code"; done'
)


def joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Return one program that pipes `first` into `second`; its exit code is 0 only where those of both are."""
    return ("sh", "-c", _JOINED.format(first=shlex.join(first), second=shlex.join(second)))


def write_file(path: str, content: str | Secret, seen: str, mode: str = "0644") -> Command:
    """Replace `path` atomically, if it still is what the plan saw (its SHA-256, or `absent`). See prelude.sh."""
    return Command(("gd_put", path, mode, seen), content)


def restore_file(path: str) -> Command:
    """Put back what `write_file` replaced in this run."""
    return Command(("gd_restore", path))
