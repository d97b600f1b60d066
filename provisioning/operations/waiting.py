"""Look at a host until nothing fails there, such as after a reboot or an installation."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from checks.graph import root_causes_first
from checks.model import Status
from provisioning.errors import Unreachable, UsageError
from provisioning.operations.verifying import LookAgain, Looked

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Deadline:
    """How long to wait, and with which clock."""

    seconds: float
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    say: Callable[[str], None]
    first_pause: float = 2.0
    longest_pause: float = 30.0


def patiently(text: str) -> LookAgain:
    """Return what looks until all is well, for as long as `text` says. Raises UsageError."""
    seconds = seconds_of("--wait", text)
    return lambda look_at: until_well(look_at, Deadline(seconds, time.sleep, time.monotonic, _tell))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def seconds_of(option: str, text: str) -> int:
    """Read `90`, `90s`, `10m` or `1h`. Raises UsageError."""
    found = re.fullmatch(r"([0-9]{1,6})([smh]?)", text)
    if not found:
        raise UsageError(f"{option} takes a time such as 90s, 10m or 1h, and was given {text!r}.")
    return int(found[1]) * _UNITS[found[2]]


def until_well(look_at: Callable[[bool], Looked], deadline: Deadline) -> Looked:
    """Look until no check fails; pauses double up to half a minute. Past the deadline returns what was seen last.

    A host that is out of reach is waited for too. Raises Unreachable when it still is at the end.
    """
    end = deadline.clock() + deadline.seconds
    pause, said, again = deadline.first_pause, "", False
    while True:
        try:
            looked = look_at(again)
            reason = what_fails(looked)
            if not reason:
                return looked
        except Unreachable as error:
            looked, reason, unreachable = None, error.message, error
        left = end - deadline.clock()
        if left <= 0:
            deadline.say(f"gave up after {deadline.seconds:.0f} s: {reason}")
            if looked is None:
                raise unreachable
            return looked
        if reason != said:
            deadline.say(f"waiting: {reason}")
        said, again = reason, True
        deadline.sleep(min(pause, left))
        pause = min(pause * 2, deadline.longest_pause)


def what_fails(looked: Looked) -> str:
    """Return the first cause in a line, '' when no check fails."""
    failed = [each for each in root_causes_first(looked.report.findings) if each.status is Status.FAIL]
    if not failed:
        return ""
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"{looked.report.host}: {failed[0].check}: {failed[0].seen}{more}"
