"""From a plan to the one script that travels, and from what it prints back to events."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioning import journal
from provisioning.command import render
from provisioning.journal import Run
from provisioning.plan import Change, Plan

PRELUDE = Path(__file__).with_name("prelude.sh")

_SCRIPT = """\
gd_main() {{
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; export PATH
umask 022
GD_NONCE={nonce}; GD_RUN={run}; GD_OPERATOR={operator}
{prelude}
{changes}
gd_lock || return 0
gd_open {opening} || exit 1
{sequence}
gd_frame done
}}
gd_main
exit 0
"""


def compile_plan(plan: Plan, run: Run, nonce: str) -> str:
    """Return the script. It is one function called on its last lines: half of it, received, does nothing."""
    numbers = range(1, len(plan.changes) + 1)
    return _SCRIPT.format(
        nonce=nonce,
        run=shlex.quote(run.id),
        operator=shlex.quote(run.operator),
        prelude=PRELUDE.read_text(encoding="utf-8"),
        changes="\n".join(_functions(number, change) for number, change in zip(numbers, plan.changes, strict=True)),
        opening=shlex.quote(journal.opening(run, plan)),
        sequence=" &&\n".join(f"gd_change {number}" for number in numbers) or ":",
    )


def _functions(number: int, change: Change) -> str:
    title = f"# {number}. {change.sentence}".replace("\n", " ")
    do = " &&\n".join(render(command) for command in change.commands) or ":"
    # Undoing goes on past a command that fails, each puts one thing right; but it is not forgotten.
    undo = "".join(f"{render(command)} || gd_left=1\n" for command in change.undo)
    return f"{title}\ngd_do_{number}() {{\n{do}\n}}\ngd_undo_{number}() {{\ngd_left=0\n{undo}return $gd_left\n}}"


@dataclass(frozen=True)
class Began:
    change: int


@dataclass(frozen=True)
class Said:
    """A line of output."""

    change: int
    line: str


@dataclass(frozen=True)
class Progressed:
    """What apt says of itself."""

    change: int
    percent: float
    doing: str


@dataclass(frozen=True)
class Ended:
    change: int
    code: int
    seconds: float


@dataclass(frozen=True)
class Undone:
    change: int
    code: int


@dataclass(frozen=True)
class LockedOut:
    holder: str


@dataclass(frozen=True)
class Finished:
    """The script came to its end; without this the connection was cut."""


Event = Began | Said | Progressed | Ended | Undone | LockedOut | Finished

_APT_STATUS = re.compile(r"(?:pm|dl)status:[^:]*:([\d.]+):(.*)")


def events(chunks: Iterable[bytes], nonce: str) -> Iterator[Event]:
    """Read the events off the script's output as it arrives."""
    mark, current = f"@@{nonce} ", 0
    for line in _lines(chunks):
        if line.startswith(mark):
            event = _framed(line.removeprefix(mark).split(" "))
            if event:
                current = event.change if isinstance(event, Began) else current
                yield event
        elif current and line.strip():
            status = _APT_STATUS.fullmatch(line)
            yield Progressed(current, float(status[1]), status[2]) if status else Said(current, line)


def _framed(words: list[str]) -> Event | None:
    match words:
        case ["begin", number]:
            return Began(int(number))
        case ["end", number, code, begun, ended]:
            return Ended(int(number), int(code), float(ended) - float(begun))
        case ["undone", number, code]:
            return Undone(int(number), int(code))
        case ["locked", *holder]:
            return LockedOut(" ".join(holder))
        case ["done"]:
            return Finished()
    return None


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (_text(line) for line in whole)
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")
