"""Hold a tunnel to a host until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from provisioning.errors import UsageError
from provisioning.operations.reaching import one_runner
from provisioning.runners.forwarding import PortPair
from provisioning.runners.model import Dialer
from provisioning.runners.tunnel import Tunnel
from provisioning.tasks.targets import Targets


def hold(targets: Targets, pairs: Sequence[PortPair]) -> int:
    """Return 0 after Ctrl-C. Raises UsageError without a host and for a local port that is taken."""
    if not targets.hosts:
        raise UsageError("A tunnel leads to a host, and none is named.", "Name it first: gpudock tunnel HOST 1234:7777")
    with one_runner(targets) as line, open_tunnel(line, pairs) as tunnel:
        line.reopen()  # a host out of reach is told now, not at the first connection
        for pair in pairs:
            say(f"{pair} of {line.host}")
        stay(tunnel)
    return 0


@contextmanager
def open_tunnel(line: Dialer, pairs: Sequence[PortPair]) -> Iterator[Tunnel]:
    """Give a tunnel that carries. Raises UsageError for a local port that is taken."""
    tunnel = Tunnel(line, say)
    tunnel.open(pairs)
    try:
        yield tunnel
    finally:
        tunnel.close()


def stay(tunnel: Tunnel) -> None:
    """Hold the tunnel until Ctrl-C, which is how it is meant to end."""
    say("The tunnel stands. Ctrl-C ends it.")
    try:
        tunnel.hold()
    except KeyboardInterrupt:
        say("")


def say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
