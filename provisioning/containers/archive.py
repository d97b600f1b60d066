"""What an archive is called, and the small file beside it: its SHA-256, and what the archive holds.

    b1946ac9…  cuda.tar.zst
    # image sha256:6d5e… amd64 nvidia/cuda:12.2.2-base-ubuntu22.04

`sha256sum -c cuda.tar.zst.sha256` reads it too: to it, lines with a # are comments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.errors import UsageError

PART = ".part"
CHECKSUM = ".sha256"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@dataclass(frozen=True)
class Sum:
    """A stream that went by, whole."""

    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class Held:
    """An image in an archive."""

    id: str
    architecture: str
    layers: str
    """SHA-256 over the digests of its layers: the same in every kind of image store, where the id is not."""
    name: str


@dataclass(frozen=True)
class Checksum:
    sha256: str
    images: tuple[Held, ...] = ()


def file_name(name: str, suffix: str) -> str:
    """Return what an archive of image or container `name` is called."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_.") + suffix


def render(checksum: Checksum, name: str) -> str:
    """Return the text beside the archive `name`."""
    images = (f"# image {each.id} {each.architecture} {each.layers} {each.name}\n" for each in checksum.images)
    return f"{checksum.sha256}  {name}\n{''.join(images)}"


def parse(text: str, source: str) -> Checksum:
    """Read what `render` wrote, or `sha256sum`. Raises UsageError for anything else."""
    first, *rest = text.splitlines() or [""]
    found = _LINE.fullmatch(first)
    images = [line.split(" ", 5)[2:] for line in rest if line.startswith("# image ")]
    if not found or any(len(fields) != 4 for fields in images):
        raise UsageError(f"{source} is no list of checksums, or was cut off.", "Make one with: sha256sum FILE")
    return Checksum(found[1], tuple(Held(*fields) for fields in images))


def require_match(checksum: Checksum, found: str, path: str) -> None:
    """Raises UsageError where the archive is not what was saved."""
    if found != checksum.sha256:
        raise UsageError(
            f"{path} is not what was saved: it was cut off or changed.\n  saved  {checksum.sha256}\n  found  {found}",
            "Nothing was done with it. Copy it again from where it was saved, or save it anew.",
        )


def names(images: Sequence[Held]) -> str:
    return ", ".join(each.name for each in images)
