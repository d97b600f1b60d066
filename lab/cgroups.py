"""The cgroups that hosts ran in: emptied and removed, in every hierarchy."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
EMPTY_WITHIN = 5.0
POLL = 0.02


def remove_cgroups(group: str) -> None:
    """Kill whoever is in `group` (a path below the root of each hierarchy) and remove it.

    Raises OSError (busy) when a process does not leave within seconds.
    """
    places = [*CGROUPS.glob(group), *CGROUPS.glob(f"*/{group}")]
    deadline = time.monotonic() + EMPTY_WITHIN
    while _occupied(places) and time.monotonic() < deadline:
        time.sleep(POLL)
    for place in places:
        _remove_tree(place)


def _occupied(places: Iterable[Path]) -> bool:
    """Kill all who are in the trees at once, so that no init is left to restart others; say whether there were any."""
    listings = [listing for place in places for listing in place.rglob("cgroup.procs")]
    pids = {int(pid) for listing in listings for pid in _read(listing).split()}
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(pids)


def _read(listing: Path) -> str:
    try:
        return listing.read_text()
    except OSError as error:
        # The cgroup vanished meanwhile, or is a threaded one, whose processes its parent lists.
        if error.errno not in (errno.ENOENT, errno.ENODEV, errno.EOPNOTSUPP):
            raise
        return ""


def _remove_tree(place: Path) -> None:
    for path, _, _ in os.walk(place, topdown=False):
        with suppress(FileNotFoundError):
            Path(path).rmdir()
