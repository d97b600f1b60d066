"""The commands that make a container again from a backup, and those that take it back."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioning.containers.backup import choosing
from provisioning.containers.backup.changing import source_of
from provisioning.containers.backup.manifest import Data, Manifest
from provisioning.containers.backup.secrets_anew import NewSecret
from provisioning.containers.backup.target import Target
from provisioning.containers.rendering import create_argv
from provisioning.containers.spec import Bind, ContainerSpec, Mount, Volume

Argv = tuple[str, ...]


@dataclass(frozen=True)
class Making:
    """A container about to be made again."""

    manifest: Manifest
    spec: ContainerSpec
    """As it is wanted."""
    data: tuple[Data, ...]
    """What is filled from the backup."""
    target: Target
    prefix: Argv
    """What must stand before `docker`."""
    unique: str
    secrets: tuple[NewSecret, ...]
    unpacking: Mapping[str, Argv]
    """By part: what must stand before the engine, which does not read it as it is packed."""

    @property
    def docker(self) -> Argv:
        return (*self.prefix, "docker")

    @property
    def unfinished(self) -> str:
        """Its name until it was proved to run: so nobody takes it for what it is not."""
        return f"gpudock-restore-{self.unique}"

    @property
    def holder(self) -> str:
        return f"gpudock-restore-{self.unique}-data"


def loading(making: Making) -> Argv:
    """Return what takes the image on its standard input."""
    return (*making.docker, "load")


def preparing(making: Making) -> Iterator[Argv]:
    """Yield what makes the volumes and networks that `docker create` would make otherwise, or not at all."""
    for volume in making.manifest.volumes:
        if volume.name in _new_volumes(making):
            options = [f"--opt={name}={value}" for name, value in volume.options]
            labels = [f"--label={name}={value}" for name, value in volume.labels]
            yield (*making.docker, "volume", "create", f"--driver={volume.driver}", *options, *labels, volume.name)
    for network in new_networks(making):
        yield (*making.docker, "network", "create", network)


def new_networks(making: Making) -> tuple[str, ...]:
    """Return the networks that the host has not."""
    named = (making.spec.network, *making.manifest.networks)
    return tuple(name for name in named if name not in ("", "host", "none", *making.target.networks))


def new_places(making: Making) -> Iterator[Argv]:
    """Yield what makes the folders and files that are filled and not there: `docker create` wants to see them."""
    for each in making.data:
        source = source_of(making.spec, each)
        if source in making.target.missing:
            yield ("mkdir", "-p", "--", posixpath.dirname(source) if each.is_file else source)
            if each.is_file:
                yield ("touch", "--", source)


def written(making: Making) -> tuple[str, ...]:
    """Return what stays when everything is taken back: files in folders of the host and in volumes that were there."""
    names = (each.volume or source_of(making.spec, each) for each in making.data)
    return tuple(name for name in names if name and name not in _new_volumes(making))


def creating(making: Making) -> Argv:
    """Return what makes the container. Volumes that are filled do not begin with what the image has there."""
    filled = {each.target for each in making.data}
    mounts = tuple(
        replace(mount, filled=False) if isinstance(mount, Volume) and mount.target in filled else mount
        for mount in making.spec.mounts
    )
    spec = replace(making.spec, image=making.manifest.image.name, name=making.unfinished, mounts=mounts)
    return (*making.prefix, *create_argv(spec))


def holding(making: Making, volumes: Mapping[str, str]) -> Argv:
    """Return what holds volumes and folders while they are filled; `volumes`: the container's, by target."""
    mounts: list[Mount] = []
    for number, each in enumerate(making.data, 1):
        source = source_of(making.spec, each)
        if each.is_file:
            mounts.append(Bind(posixpath.dirname(source), choosing.place(number)))
        elif source:
            mounts.append(Bind(source, choosing.place(number)))
        else:
            mounts.append(Volume(each.volume or volumes[each.target], choosing.place(number), filled=False))
    spec = ContainerSpec(
        making.manifest.image.name,
        ("unused",),
        name=making.holder,
        mounts=tuple(mounts),
        network="none",
        labels=(("gpudock.kind", "restore"),),
        init=False,
    )
    return (*making.prefix, *create_argv(spec))


def filling(making: Making) -> Iterator[tuple[str, Argv]]:
    """Yield each part of data, and what takes it on its standard input."""
    for number, each in enumerate(making.data, 1):
        inside = choosing.place(number)
        where = inside if each.is_file else posixpath.dirname(inside)
        yield each.part, (*making.docker, "cp", "-", f"{making.holder}:{where}")


def letting_go(making: Making) -> Argv:
    """Return what removes the holder, with the volumes of its own that it got as a container of that image."""
    return (*making.docker, "rm", "--force", "--volumes", making.holder)


def joining(making: Making) -> Iterator[Argv]:
    """Yield what joins the networks that it had beside its first."""
    return ((*making.docker, "network", "connect", name, making.unfinished) for name in making.manifest.networks)


def finishing(making: Making) -> Argv:
    """Return what gives it its name."""
    return (*making.docker, "rename", making.unfinished, making.spec.name)


def undoing(making: Making) -> Iterator[Argv]:
    """Yield what takes back all that was made; folders of the host stay."""
    yield letting_go(making)
    yield (*making.docker, "rm", "--force", "--volumes", making.unfinished)
    yield from ((*making.docker, "volume", "rm", name) for name in _new_volumes(making))
    yield from ((*making.docker, "network", "rm", name) for name in new_networks(making))
    yield from (each.place.remove() for each in making.secrets)
    if making.manifest.image.name not in making.target.images:
        yield (*making.docker, "image", "rm", making.manifest.image.name)


def _new_volumes(making: Making) -> Sequence[str]:
    named = [mount.name for mount in making.spec.mounts if isinstance(mount, Volume) and mount.name]
    return [name for name in dict.fromkeys(named) if name not in making.target.volumes]
