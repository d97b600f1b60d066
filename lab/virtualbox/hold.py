"""Hold a machine's write lock, as the window of VirtualBox does while somebody changes settings there."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.shell import CommandFailed

LOCKED_WITHIN = 20.0
ENDS_WITHIN = 20.0


@contextmanager
def locked_machine(programs: Path, machine: str, pipe: Path) -> Iterator[None]:
    """Keep the machine locked: what reads its picture from a pipe has the lock until somebody writes there.

    `pipe` is a name that nothing has yet. Raises CommandFailed when the lock cannot be had.
    """
    os.mkfifo(pipe)
    holder = _holder(programs, machine, pipe)
    try:
        yield
    finally:
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))
        holder.wait(timeout=ENDS_WITHIN)
        pipe.unlink()


def _holder(programs: Path, machine: str, pipe: Path) -> subprocess.Popen[bytes]:
    argv = (programs / "VBoxManage", "modifyvm", machine, "--iconfile", pipe)
    deadline = time.monotonic() + LOCKED_WITHIN
    holder = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    while not _is_locked(programs, machine):
        if time.monotonic() > deadline:
            holder.kill()
            raise CommandFailed(f"{machine} could not be locked.")
        if holder.poll() is not None:  # the question whether it is locked was in its way
            holder = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    return holder


def _is_locked(programs: Path, machine: str) -> bool:
    argv = (programs / "VBoxManage", "sharedfolder", "remove", machine, "--name", "no-such-share")
    said = subprocess.run(argv, capture_output=True, check=False).stderr
    return b"VBOX_E_INVALID_OBJECT_STATE" in said
