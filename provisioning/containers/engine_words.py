"""What the engine's last words mean when a long job with an image ends badly."""

from __future__ import annotations

import re

from provisioning.errors import ChangeFailed, GpudockError, UsageError

_STOPPED = "Cannot connect to the Docker daemon|error during connect|unexpected EOF|connection reset|broken pipe"
_REASONS: tuple[tuple[str, type[GpudockError], str, str], ...] = (
    (
        r"[Nn]o such image|reference does not exist",
        UsageError,
        "there is no such image",
        "`gpudock image.list --host {host}` shows those that there are.",
    ),
    (
        r"[Nn]o space left on device",
        ChangeFailed,
        "a disk is full",
        "`gpudock image.prune --host {host}` shows what can go.",
    ),
    (
        _STOPPED,
        ChangeFailed,
        "the engine stopped meanwhile",
        "`gpudock verify {host}` names the cause; then run it again.",
    ),
    (
        r"invalid tar header|archive/tar|unrecognized image format|invalid diffID|open .*manifest\.json",
        UsageError,
        "the engine found no image in it",
        "It takes what `docker save` or `gpudock image.save` wrote.",
    ),
)


def failure(host: str, deed: str, said: str) -> GpudockError:
    """Return the error for a `deed` (`docker save` of what) that ended with the words `said`."""
    lines = said.strip().splitlines() or ["it says no more"]
    for pattern, kind, message, hint in _REASONS:
        telling = next((line for line in lines if re.search(pattern, line)), None)
        if telling is not None:
            return kind(f"{host}: {deed}: {message} ({telling.strip()}).", hint.format(host=host))
    return ChangeFailed(f"{host}: {deed} failed: {lines[-1]}", f"`gpudock verify {host}` looks for the cause.")


def name_taken(said: str) -> bool:
    """Tell whether the engine made no container because another one has its name: that one must be left alone."""
    return "Conflict. The container name" in said
