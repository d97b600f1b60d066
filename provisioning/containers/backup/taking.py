"""The commands that take a container's files and data, and the manifest of what they gave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.containers.archive import held
from provisioning.containers.backup import choosing
from provisioning.containers.backup.choosing import Taken
from provisioning.containers.backup.inspected import Seen
from provisioning.containers.backup.manifest import SCHEMA, Base, LeftOut, Manifest, Origin, Part, VolumeMaking
from provisioning.containers.backup.picture import Document, Picture
from provisioning.containers.compression import Compression
from provisioning.containers.images import Image
from provisioning.containers.keeping import packed
from provisioning.containers.rendering import create_argv

Argv = tuple[str, ...]

# The engine holds the container still while it copies. Whoever stops waiting must let it go on. The engine copies to
# the end all the same: then that copy is removed, by a shell that holds nothing of the connection.
_COMMIT = """\
limit=$1 container=$2 image=$3; shift 3
timeout "$limit" "$@" commit "$container" "$image" && exit
code=$?
"$@" unpause "$container" >/dev/null 2>&1
[ "$code" = 124 ] || exit "$code"
(for _ in $(seq 600); do "$@" image rm "$image" && break; sleep 1; done) </dev/null >/dev/null 2>&1 &
exit "$code"
"""


@dataclass(frozen=True)
class Taking:
    """A backup about to be made."""

    host: str
    at: datetime
    """UTC."""
    unique: str
    picture: Picture
    seen: Seen
    taken: tuple[Taken, ...]
    left_out: tuple[LeftOut, ...]
    packed: Compression
    prefix: Argv
    """What must stand before `docker`."""
    pause_limit: int
    """Seconds."""

    @property
    def stem(self) -> str:
        """What the file is called where nobody says."""
        return f"{self.seen.spec.name}-{self.at:%Y%m%dT%H%M%SZ}"

    @property
    def image(self) -> str:
        return f"gpudock-backup:{re.sub(r'[^A-Za-z0-9_.-]', '_', self.stem)[:100]}-{self.unique}"

    @property
    def image_part(self) -> str:
        return f"image.tar{self.packed.suffix}"

    @property
    def holder(self) -> str:
        return f"gpudock-backup-{self.unique}"


def copying(taking: Taking) -> list[Argv]:
    """Return what copies the container's own files into an image, and what holds its data to be read."""
    container, docker = taking.picture.container, (*taking.prefix, "docker")
    if container["State"]["Paused"]:
        commit: Argv = ("timeout", str(taking.pause_limit), *docker, "commit", container["Id"], taking.image)
    else:
        commit = ("sh", "-c", _COMMIT, "sh", str(taking.pause_limit), container["Id"], taking.image, *docker)
    hold = (*taking.prefix, *create_argv(choosing.holder(taking.taken, taking.image, taking.holder)))
    return [commit, hold] if taking.taken else [commit]


def removing(taking: Taking) -> list[Argv]:
    """Return what removes from the host all that a backup made there.

    The copy has places for volumes that the container made up for itself, so the holder gets such volumes too.
    """
    docker = (*taking.prefix, "docker")
    image = (*docker, "image", "rm", "--force", taking.image)
    return [(*docker, "rm", "--force", "--volumes", taking.holder), image] if taking.taken else [image]


def streams(taking: Taking) -> Iterator[tuple[str, Argv, int | None]]:
    """Yield each part's name, what writes it, and its size before it is packed where that is known.

    Data first: it changes while the container runs, the image does not.
    """
    docker = (*taking.prefix, "docker")
    for each in taking.taken:
        argv = (*docker, "cp", f"{taking.holder}:{each.inside}", "-")
        yield each.data.part, packed(argv, taking.packed), each.data.size
    image = packed((*docker, "save", taking.image), taking.packed)
    yield taking.image_part, image, taking.picture.container.get("SizeRootFs")


def describe(taking: Taking, image: Image, engine: str, driver: str, parts: Sequence[Part]) -> Manifest:
    """Return the manifest; `image` is what the copy shows of itself."""
    container = taking.picture.container
    return Manifest(
        schema=SCHEMA,
        origin=Origin(taking.host, f"{taking.at:%Y-%m-%dT%H:%M:%SZ}", engine, driver),
        container_id=container["Id"],
        state=container["State"]["Status"],
        exit_code=container["State"]["ExitCode"],
        health=(container["State"].get("Health") or {}).get("Status", ""),
        spec=taking.seen.spec,
        networks=taking.seen.networks,
        lost=taking.seen.lost,
        base=Base(
            container["Config"]["Image"], container["Image"], tuple(taking.picture.image.get("RepoDigests") or ())
        ),
        image=held(taking.image, image),
        image_part=taking.image_part,
        data=tuple(each.data for each in taking.taken),
        left_out=taking.left_out,
        volumes=tuple(_making(each) for each in taking.picture.volumes.values() if _needs_making(each)),
        parts=tuple(parts),
    )


_MADE_UP = {"com.docker.volume.anonymous"}


def _needs_making(volume: Document) -> bool:
    return bool(volume["Driver"] != "local" or volume.get("Options") or set(volume.get("Labels") or ()) - _MADE_UP)


def _making(volume: Document) -> VolumeMaking:
    return VolumeMaking(volume["Name"], volume["Driver"], _pairs(volume.get("Options")), _pairs(volume.get("Labels")))


def _pairs(values: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((values or {}).items()))
