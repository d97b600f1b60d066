"""One lab command at a time changes the lab: two checkouts, or a test and a demo, may share it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lab.places import LOCK


@contextmanager
def locked(say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lab's lock; waits for whoever has it, after saying so."""
    descriptor = _acquire(say)
    try:
        yield
    finally:
        os.close(descriptor)


def _acquire(say: Callable[[str], None]) -> int:
    while True:
        descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command that is changing the lab.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        # purge removes the lock file: what was waited for may be a file that is gone by now.
        if LOCK.exists() and os.path.samestat(os.fstat(descriptor), LOCK.stat()):
            return descriptor
        os.close(descriptor)
