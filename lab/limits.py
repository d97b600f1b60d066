"""What the kernel lets one user watch: a host takes eight of Linux's 128, so sixteen hosts would be all."""

from __future__ import annotations

from pathlib import Path

from lab.places import STATE

WATCHERS = Path("/proc/sys/fs/inotify/max_user_instances")
BEFORE = STATE / "inotify-instances-before"
ENOUGH = 4096


def raise_limits(limit: Path = WATCHERS, before: Path = BEFORE) -> None:
    """Let many hosts run at once; what the limit was is noted in `before`. A higher one is left alone."""
    found = limit.read_text().strip()
    if int(found) < ENOUGH:
        if not before.exists():
            before.write_text(found)
        limit.write_text(f"{ENOUGH}\n")


def restore_limits(limit: Path = WATCHERS, before: Path = BEFORE) -> None:
    """Put the limit back where it was raised."""
    if before.exists():
        limit.write_text(before.read_text())
