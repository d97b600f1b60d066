"""What an engine needs to take an archive: its architecture, room, and words for how the archive is packed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from provisioning.containers.archive import Held
from provisioning.containers.compression import ZSTD, Compression
from provisioning.containers.images import runs
from provisioning.containers.site import Person
from provisioning.containers.sizes import megabytes
from provisioning.errors import ChangeFailed, UnsupportedHost
from provisioning.probe import Probe

# Docker reads zstd itself since 23.0 (its release notes: moby/moby#41759).
_READS_ZSTD = (23,)

ENGINE_ROOM = Probe(
    "engine_room",
    "at=$(docker info --format '{{.DockerRootDir}}') && set -- $(stat -f -c '%a %S' -- \"$at\")"
    " && echo $(($1 * $2)) || echo -1",
    int,
)
"""Bytes that are free where the engine keeps its images; -1 where that is out of sight."""


def reads_zstd(engine: Sequence[int]) -> bool:
    return tuple(engine) >= _READS_ZSTD


def unpacking(compression: Compression, engine: Sequence[int], programs: Collection[str], host: str) -> tuple[str, ...]:
    """Return the program that must stand before `docker load`; () where it reads the archive itself.

    Raises UnsupportedHost where an old engine has nothing that unpacks it.
    """
    if compression != ZSTD or reads_zstd(engine):
        return ()
    if ZSTD.program in programs:
        return ZSTD.unpack
    raise UnsupportedHost(
        f"{host}: its Docker {'.'.join(map(str, engine))} does not read zstd, and it has no program zstd.",
        "Install zstd there, or save the image to a name that ends in .tar.gz.",
    )


def require_architecture(images: Sequence[Held], person: Person, host: str) -> None:
    """Raises UnsupportedHost for images that the host cannot run."""
    foreign = [each for each in images if not runs(each.architecture, person.arch, emulates=person.emulates)]
    if foreign:
        raise UnsupportedHost(
            f"{host} is {person.arch}, and {foreign[0].name} is made for {foreign[0].architecture}.",
            "To have it there all the same, add --other-architecture.",
        )


def require_room(images: Sequence[Held], free: int, host: str) -> None:
    """Raises ChangeFailed where the images cannot fit."""
    size = sum(each.size for each in images)
    if 0 <= free < size:
        raise ChangeFailed(
            f"{host}: the engine has {megabytes(free)} of room, and the images take {megabytes(size)}.",
            f"`gpudock image.prune --host {host}` shows what can go.",
        )
