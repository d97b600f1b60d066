"""What a backup says of itself: the container, how it was made, what is in the file and what is not."""

from __future__ import annotations

import json
from dataclasses import dataclass

from provisioning.containers.archive import Held
from provisioning.containers.backup.record import from_document, to_document
from provisioning.containers.spec import ContainerSpec
from provisioning.errors import UsageError

SCHEMA = 1


@dataclass(frozen=True)
class Part:
    """A stream in the file."""

    name: str
    size: int
    """Bytes in the file."""
    sha256: str


@dataclass(frozen=True)
class Data:
    """What a volume, folder or file of the host held, in the part `part`: a tar, packed or not."""

    part: str
    volume: str
    """The volume's name; '' is a folder or file of the host, or a volume of the container's own."""
    source: str
    """The path on the host that it came from."""
    target: str
    """Where the container has it."""
    is_file: bool
    size: int | None
    """Bytes unpacked; None: nobody could look."""


@dataclass(frozen=True)
class LeftOut:
    """A mount whose data is not in the file."""

    source: str
    target: str
    why: str
    size: int | None


@dataclass(frozen=True)
class VolumeMaking:
    """A volume that `docker volume create` needs more for than its name."""

    name: str
    driver: str
    options: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Base:
    """The image that the container was made of."""

    name: str
    id: str
    digests: tuple[str, ...]
    """Under which registries know it."""


@dataclass(frozen=True)
class Origin:
    """Where and when the backup was made."""

    host: str
    at: str
    """UTC, as in 2026-11-20T13:30:00Z."""
    engine: str
    driver: str
    """Of the GPU; '' without one."""


@dataclass(frozen=True)
class Manifest:
    """Everything but the data."""

    schema: int
    origin: Origin
    container_id: str
    state: str
    """As docker names it: running, exited."""
    exit_code: int
    health: str
    """'' without a health check."""
    spec: ContainerSpec
    """How it was made from `base`; what the image says already is left out."""
    networks: tuple[str, ...]
    """Those that it has beside the one in `spec`."""
    lost: tuple[str, ...]
    """What cannot be made again, for people."""
    base: Base
    image: Held
    """The container's own files; its name is what the image is called in the file, and where it is restored."""
    image_part: str
    data: tuple[Data, ...]
    left_out: tuple[LeftOut, ...]
    volumes: tuple[VolumeMaking, ...]
    parts: tuple[Part, ...]


def render(manifest: Manifest) -> bytes:
    return (json.dumps(to_document(manifest), indent=1) + "\n").encode()


def parse(text: bytes, source: str) -> Manifest:
    """Return what `render` wrote. Raises UsageError."""
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise ValueError(f"it is not of schema {SCHEMA}")
        return from_document(Manifest, document)
    except (ValueError, RecursionError) as wrong:
        raise UsageError(
            f"{source}: its manifest cannot be read: {wrong}.", "A newer gpudock may have made it: use that one."
        ) from wrong
