"""What an archive is called, and the small file beside it: its SHA-256, and what the archive holds.

    b1946ac9…  cuda.tar.zst
    # image sha256:6d5e… amd64 2026576 5e2a… nvidia/cuda:12.2.2-base-ubuntu22.04

`sha256sum -c cuda.tar.zst.sha256` reads it too: to it, lines with a # are comments.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from provisioning.containers.images import Image
from provisioning.errors import UsageError

PART = ".part"
CHECKSUM = ".sha256"
_IMAGE = re.compile(r"# image (sha256:[0-9a-f]{64}) (\S+) (\d+) ([0-9a-f]{64}) (\S+)")
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
    size: int
    """Bytes, unpacked."""
    layers: str
    """SHA-256 over the digests of its layers: the same in every kind of image store, where the id is not."""
    name: str


@dataclass(frozen=True)
class Checksum:
    sha256: str
    images: tuple[Held, ...] = ()


def held(name: str, image: Image) -> Held:
    """Return what to note of an image that goes into an archive."""
    layers = hashlib.sha256(" ".join(image.layers).encode()).hexdigest()
    return Held(image.id, image.architecture, image.size, layers, name)


def is_same(saved: Held, image: Image | None) -> bool:
    """Tell whether an engine has what was saved. Another kind of image store has another id for it."""
    return image is not None and (image.id == saved.id or held(saved.name, image).layers == saved.layers)


def file_name(name: str, suffix: str) -> str:
    """Return what an archive of image or container `name` is called."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_.") + suffix


def render(checksum: Checksum, name: str) -> str:
    """Return the text beside the archive `name`."""
    images = (
        f"# image {each.id} {each.architecture} {each.size} {each.layers} {each.name}\n" for each in checksum.images
    )
    return f"{checksum.sha256}  {name}\n{''.join(images)}"


def parse(text: str, source: str) -> Checksum:
    """Read what `render` wrote, or `sha256sum`. Raises UsageError for anything else."""
    first, *rest = text.splitlines() or [""]
    found = _LINE.fullmatch(first)
    images = [_IMAGE.fullmatch(line) for line in rest if line.startswith("# image")]
    if not found or not all(images):
        raise UsageError(f"{source} is no list of checksums, or was cut off.", "Make one with: sha256sum FILE")
    held = (Held(each[1], each[2], int(each[3]), each[4], each[5]) for each in images if each)
    return Checksum(found[1], tuple(held))


def require_match(checksum: Checksum, found: str, path: str) -> None:
    """Raises UsageError where the archive is not what was saved."""
    if found != checksum.sha256:
        raise UsageError(
            f"{path} is not what was saved: it was cut off or changed.\n  saved  {checksum.sha256}\n  found  {found}",
            "Nothing was done with it. Copy it again from where it was saved, or save it anew.",
        )
