"""Which volumes, folders and files of a container go into its backup, and why the others do not."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioning.containers.backup.inspected_mounts import is_own
from provisioning.containers.backup.manifest import Data, LeftOut
from provisioning.containers.backup.picture import Document, Picture, Source
from provisioning.containers.backup.secrets_anew import is_secret
from provisioning.containers.spec import Bind, ContainerSpec, Mount, Volume
from provisioning.errors import UsageError

FORM = "all, none, or names of volumes and paths with commas"
_PLACE = "/gpudock"
_UNKNOWN = Source("none", system=False, size=None)


@dataclass(frozen=True)
class Taken:
    """Data that goes into the backup, and how a container that never runs holds it meanwhile."""

    data: Data
    mount: Mount

    @property
    def inside(self) -> str:
        return self.mount.target


def choose(picture: Picture, words: Sequence[str], suffix: str) -> tuple[tuple[Taken, ...], tuple[LeftOut, ...]]:
    """Return what is saved and what is not. `suffix`: what packed parts are called. Raises UsageError."""
    mounts = _distinct(picture.container)
    _require_known(words, mounts)
    taken: list[Taken] = []
    left_out: list[LeftOut] = []
    for mount in mounts:
        source = picture.sources.get(mount["Source"], _UNKNOWN)
        why = _why_not(mount, source, words)
        if why:
            left_out.append(LeftOut(_called(mount), mount["Destination"], why, source.size))
        else:
            taken.append(_take(picture.container, mount, source, len(taken) + 1, suffix))
    return tuple(taken), tuple(left_out)


def holder(taken: Sequence[Taken], image: str, name: str) -> ContainerSpec:
    """Return the container that holds the data while it is read. It is never started: any image will do."""
    mounts = tuple(each.mount for each in taken)
    labels = (("gpudock.kind", "backup"),)
    return ContainerSpec(image, ("unused",), name=name, mounts=mounts, network="none", labels=labels, init=False)


def place(number: int, name: str = "data") -> str:
    """Return where the holder has data. The last word is what its tar calls it."""
    return f"{_PLACE}/{number}/{name}"


def _distinct(container: Document) -> list[Document]:
    """Return one mount for each source; a volume may be mounted twice."""
    kinds = ("volume", "bind")
    mounts = sorted(
        (each for each in container.get("Mounts") or () if each["Type"] in kinds),
        key=lambda each: str(each["Destination"]),
    )
    return list({each["Source"]: each for each in reversed(mounts)}.values())[::-1]


def _why_not(mount: Document, source: Source, words: Sequence[str]) -> str:
    """Return why a mount is left out; '' where it is not."""
    asked = bool(set(words) & set(_names(mount)))
    if is_secret(mount["Source"]):
        return "a secret; it is made anew"
    if source.kind == "other":
        return "a socket or device"
    if words == ("none",) or (words != ("all",) and not asked):
        return "not chosen by --volumes"
    return "a part of the system; --volumes can name it" if source.system and not asked else ""


def _names(mount: Document) -> Iterator[str]:
    yield mount["Source"]
    yield mount["Destination"]
    if mount["Type"] == "volume":
        yield mount["Name"]


def _called(mount: Document) -> str:
    return str(mount["Name"] if mount["Type"] == "volume" else mount["Source"])


def _require_known(words: Sequence[str], mounts: Sequence[Document]) -> None:
    known = {name for mount in mounts for name in _names(mount)}
    for word in words:
        if word not in known and words not in (("all",), ("none",)):
            there = "".join(f"\n  {_called(mount)} at {mount['Destination']}" for mount in mounts)
            raise UsageError(
                f"--volumes {word} names nothing that is mounted in the container.",
                f"It has:{there}" if mounts else "It has neither volumes nor folders of the host.",
            )


def _take(container: Document, mount: Document, source: Source, number: int, suffix: str) -> Taken:
    is_file = source.kind == "file"
    target = place(number, posixpath.basename(mount["Source"]) if is_file else "data")
    volume = mount["Type"] == "volume"
    named = volume and not is_own(container, mount["Name"])
    data = Data(
        part=f"data-{number}.tar{suffix}",
        volume=mount["Name"] if named else "",
        source="" if volume else mount["Source"],
        target=mount["Destination"],
        is_file=is_file,
        size=source.size,
    )
    if volume:
        return Taken(data, Volume(mount["Name"], target, read_only=True, filled=False))
    return Taken(data, Bind(mount["Source"], target, read_only=True))
