"""Decide which ports a tunnel joins, and how long a broken connection is tried again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provisioning.errors import UsageError

FORM = "LOCAL:REMOTE or one number for both, as in 1234:7777; several with commas"
FIRST_PAUSE, LONGEST_PAUSE, PATIENCE = 1.0, 30.0, 600.0
"""Seconds."""


@dataclass(frozen=True)
class PortPair:
    """A port of this machine's loopback, and the port of the host's loopback that it leads to."""

    local: int
    remote: int

    def __str__(self) -> str:
        return f"127.0.0.1:{self.local} -> {self.remote}"


def parse_pairs(text: str) -> tuple[PortPair, ...]:
    """Return the pairs that `text` names. Raises UsageError for what cannot be meant, and for a local port twice."""
    pairs = tuple(_pair(part.strip()) for part in text.split(","))
    local = [pair.local for pair in pairs]
    for port in local:
        if local.count(port) > 1:
            raise UsageError(f"Ports {text!r}: {port} of this machine cannot lead to two places.", f"Allowed: {FORM}.")
    return pairs


def port_number(text: str, what: str) -> int:
    """Return the port that `text` writes. Raises UsageError, which calls it `what`."""
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise UsageError(f"{what}: {text!r} is no port from 1 to 65535.")
    return int(text)


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each further attempt: ever longer, PATIENCE in all."""
    pause, left = FIRST_PAUSE, PATIENCE
    while left > 0:
        yield min(pause, left)
        left -= pause
        pause = min(2 * pause, LONGEST_PAUSE)


def _pair(text: str) -> PortPair:
    if not re.fullmatch("[0-9]+(:[0-9]+)?", text):
        raise UsageError(f"Ports {text!r} cannot be meant.", f"Allowed: {FORM}.")
    local, _, remote = text.partition(":")
    return PortPair(port_number(local, f"Ports {text!r}"), port_number(remote or local, f"Ports {text!r}"))
