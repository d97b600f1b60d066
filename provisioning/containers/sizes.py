"""Sizes as people read them, in powers of ten as `docker image ls` has them."""

from __future__ import annotations


def megabytes(size: int) -> str:
    """Return `size` bytes in words: 512 B, 2.0 MB, 3.1 GB."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"


def speed(size: int, seconds: float) -> str:
    """Return how fast `size` bytes went by."""
    return f"{size / 1e6 / max(seconds, 0.001):.0f} MB/s"
