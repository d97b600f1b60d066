"""One start at a time on a host, so that two at once see what the other one made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provisioning.errors import ChangeFailed, GpudockError, Locked
from provisioning.operations.containers import DockerHost
from provisioning.runners.model import Process

PATIENCE = 30
"""Seconds that somebody else's start may take."""
_LOCKED = "/run"
_HOLD = "echo held; exec cat"
_TIMED_OUT = 1


@contextmanager
def starting_alone(host: DockerHost) -> Iterator[None]:
    """Hold a lock on the host while we look and start, so that two starts at once see each other.

    The connection holds it: it is free again whatever becomes of us. Raises Locked.
    """
    process = host.runner.start(("flock", "--wait", str(PATIENCE), _LOCKED, "sh", "-c", _HOLD))
    try:
        if not any(process.output()):
            raise _not_alone(host, process)
        yield
    finally:
        process.close()


def _not_alone(host: DockerHost, process: Process) -> GpudockError:
    code, said = process.wait(), b"".join(process.errors()).decode(errors="replace").strip()
    if code == _TIMED_OUT and not said:  # busybox's flock, which cannot wait so long, ends alike and complains
        return Locked(f"{host.name}: somebody else is starting runs there since {PATIENCE} s.", "Try again.")
    return ChangeFailed(
        f"{host.name}: no lock can be held there, and two starts at once would not see each other: {said}"
    )
