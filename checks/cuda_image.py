"""Which CUDA image a driver can run. There is no `latest`, and old tags get deleted."""

from __future__ import annotations

REPOSITORY = "nvidia/cuda"

TAGS = (
    ((13, 0), "13.0.1-base-ubuntu24.04"),
    ((12, 8), "12.8.1-base-ubuntu24.04"),
    ((12, 6), "12.6.3-base-ubuntu24.04"),
    ((12, 4), "12.4.1-base-ubuntu22.04"),
    ((12, 2), "12.2.2-base-ubuntu22.04"),
    ((0,), "11.8.0-base-ubuntu22.04"),
)


def candidates(driver_cuda: tuple[int, ...]) -> tuple[str, ...]:
    """Return the images to try, best first: the highest row not above the CUDA that the driver serves, then older."""
    return tuple(f"{REPOSITORY}:{tag}" for needed, tag in TAGS if needed <= driver_cuda)
