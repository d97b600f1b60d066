"""From a plan to the one script that travels, and from what it prints back to events."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning import journal
from provisioning.command import render
from provisioning.journal import Run
from provisioning.plan import Change, Plan

PRELUDE = Path(__file__).with_name("prelude.sh")
CARRIER = Path(__file__).with_name("carrier.sh")
VERBS = (PRELUDE, Path(__file__).with_name("apt.sh"), Path(__file__).with_name("engine.sh"))

_CARRIED = """\
gd_carry() {{
GD_RUN={run} GD_TITLE={title}
{carrier}
if gd_start <<'GPUDOCK_{nonce}'
{script}
GPUDOCK_{nonce}
then gd_follow "$GD_RUN"
elif systemctl is-active -q "$GD_UNIT"; then
printf '\\n@@%s locked %s\\n' {nonce} "$(systemctl show --value -p Description "$GD_UNIT")"
else printf '\\n@@%s refused systemd did not start it, or /run is full (see journalctl -n 20)\\n' {nonce}
fi
}}
gd_carry
exit 0
"""

_SCRIPT = """\
gd_main() {{
GD_LOG=/run/gpudock/$1.log
exec >"$GD_LOG" 2>&1 </dev/null
rm -f -- "$0"
export LC_ALL=C # messages are read
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; export PATH
umask 022
GD_NONCE={nonce}; GD_RUN=$1; GD_APT_TIMEOUT={apt_timeout}
{verbs}
{changes}
if gd_open {opening}; then
{sequence}
gd_frame done
gd_keep_log
fi
}}
gd_main {run}
"""


def compile_plan(plan: Plan, run: Run, nonce: str, apt_timeout: int = 600) -> str:
    """Return the script. It is one function called on its last lines: half of it, received, does nothing.

    What it carries runs apart from the connection (carrier.sh). `apt_timeout`: seconds to wait for a lock of apt.
    """
    return _CARRIED.format(
        run=shlex.quote(run.id),
        title=shlex.quote(title(run, nonce)),
        carrier=CARRIER.read_text(encoding="utf-8"),
        nonce=nonce,
        script=_script(plan, run, nonce, apt_timeout),
    )


def title(run: Run, nonce: str) -> str:
    """Return what systemd shows of the run while it lives: enough to name it, and to follow it."""
    return f"gpudock {run.id} {nonce} {run.operator}"


def compile_follow(run_id: str) -> str:
    """Return the script that follows a run which is alive."""
    return (
        f"gd_carry() {{\n{CARRIER.read_text(encoding='utf-8')}\ngd_follow {shlex.quote(run_id)}\n}}\ngd_carry\nexit 0\n"
    )


def _script(plan: Plan, run: Run, nonce: str, apt_timeout: int) -> str:
    numbered = list(enumerate(plan.changes, 1))
    calls = [
        shlex.join(("gd_change", str(number), str(len(numbered)), _line(change.sentence)))
        for number, change in numbered
    ]
    return _SCRIPT.format(
        run=shlex.quote(run.id),
        nonce=nonce,
        apt_timeout=apt_timeout,
        verbs="\n".join(file.read_text(encoding="utf-8") for file in VERBS),
        changes="\n".join(_functions(number, change) for number, change in numbered),
        opening=shlex.quote(journal.opening(run, plan)),
        sequence=" &&\n".join(calls) or ":",
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _functions(number: int, change: Change) -> str:
    do = " &&\n".join(render(command) for command in change.commands) or ":"
    # Undoing goes on past a command that fails, each puts one thing right; but it is not forgotten.
    undo = "".join(f"{render(command)} || gd_left=1\n" for command in change.undo)
    return f"gd_do_{number}() {{\n{do}\n}}\ngd_undo_{number}() {{\ngd_left=0\n{undo}return $gd_left\n}}"


@dataclass(frozen=True)
class Began:
    change: int
    total: int
    sentence: str


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
class Waited:
    """A lock of apt is held by somebody else."""

    change: int
    for_whom: str


@dataclass(frozen=True)
class LockedOut:
    """Another run is alive on the host."""

    title: str


@dataclass(frozen=True)
class Refused:
    """The run could not begin."""

    why: str


@dataclass(frozen=True)
class Finished:
    """The script came to its end; without this the connection was cut."""


Event = Began | Said | Progressed | Waited | Ended | Undone | LockedOut | Refused | Finished

_APT_STATUS = re.compile(r"(?:pm|dl)status:[^:]*:([\d.]+):(.*)")


def events(chunks: Iterable[bytes], nonce: str) -> Iterator[Event]:
    """Read the events off the script's output as it arrives."""
    mark, current = f"@@{nonce} ", 0
    for line in _lines(chunks):
        if line.startswith(mark):
            event = _framed(line.removeprefix(mark).split(" "), current)
            if event:
                current = event.change if isinstance(event, Began) else current
                yield event
        elif current and line.strip():
            status = _APT_STATUS.fullmatch(line)
            yield Progressed(current, float(status[1]), status[2]) if status else Said(current, line)


def _framed(words: list[str], current: int) -> Event | None:
    kind, *rest = words
    read = _FRAMES.get(kind)
    try:
        return read(rest, current) if read else None
    except (IndexError, ValueError):  # the connection broke in the middle of a frame
        return None


_FRAMES: Mapping[str, Callable[[list[str], int], Event]] = {
    "begin": lambda words, _: Began(int(words[0]), int(words[1]), " ".join(words[2:])),
    "waiting": lambda words, current: Waited(current, " ".join(words)),
    "end": lambda words, _: Ended(int(words[0]), int(words[1]), float(words[3]) - float(words[2])),
    "undone": lambda words, _: Undone(int(words[0]), int(words[1])),
    "locked": lambda words, _: LockedOut(" ".join(words)),
    "refused": lambda words, _: Refused(" ".join(words)),
    "done": lambda _words, _: Finished(),
}


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (_text(line) for line in whole)
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")
