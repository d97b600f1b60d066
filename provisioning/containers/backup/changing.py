"""What a person wants otherwise of a container that is made again: its name, ports, paths and volumes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioning.containers.backup.manifest import Data, Manifest
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Mount, Volume
from provisioning.errors import UsageError

CDI = "nvidia.com/gpu="
_VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")  # as the engine has it


@dataclass(frozen=True)
class Changes:
    """`old, new` each."""

    name: str = ""
    ports: tuple[tuple[int, int], ...] = ()
    paths: tuple[tuple[str, str], ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()


def read_ports(words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return what `--port OLD:NEW` says. Raises UsageError."""
    pairs = [(word, *word.partition(":")[::2]) for word in words]
    for word, *numbers in pairs:
        if not all(number.isascii() and number.isdecimal() and 0 < int(number) < 1 << 16 for number in numbers):
            raise UsageError(f"--port takes OLD:NEW, two ports of the host, and was given {word!r}.")
    return tuple((int(old), int(new)) for _, old, new in pairs)


def read_paths(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return what `--path OLD:NEW` says; or OLD=NEW, for paths with a colon before a slash. Raises UsageError."""
    return tuple(map(_read_path, words))


def _read_path(word: str) -> tuple[str, str]:
    for sign in ("=/", ":/"):
        old, *others = word.split(sign)
        if len(others) == 1 and old.startswith("/"):
            return old, f"/{others[0]}"
    raise UsageError(
        f"--path takes OLD:NEW, two absolute paths of the host, and was given {word!r}.",
        "Where a path has a colon itself: OLD=NEW.",
    )


def read_volumes(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return what `--volume OLD:NEW` says. Raises UsageError."""
    pairs = [(word, *word.partition(":")[::2]) for word in words]
    for word, *names in pairs:
        if not all(_VOLUME.fullmatch(name) for name in names):
            raise UsageError(f"--volume takes OLD:NEW, two names of volumes, and was given {word!r}.")
    return tuple((old, new) for _, old, new in pairs)


def changed(spec: ContainerSpec, changes: Changes) -> ContainerSpec:
    """Return the container as it is wanted. Raises UsageError for a port, path or volume that it has not."""
    published = [str(port.host) for port in spec.ports if port.host]
    bound = [mount.source for mount in spec.mounts if isinstance(mount, Bind)]
    _require("--port", [str(old) for old, _ in changes.ports], published, "it publishes no such port of the host")
    _require("--path", [old for old, _ in changes.paths], bound, "it has no such path of the host")
    names = _volume_names(spec)
    _require("--volume", [old for old, _ in changes.volumes], names, "it has no volume of that name")
    ports, paths, volumes = dict(changes.ports), dict(changes.paths), dict(changes.volumes)
    if len({volumes.get(name, name) for name in names}) < len(names):
        raise UsageError("--volume: two of its volumes would be one.", "Give each a name of its own.")
    return replace(
        spec,
        name=changes.name or spec.name,
        ports=tuple(replace(port, host=ports.get(port.host or 0, port.host)) for port in spec.ports),
        mounts=tuple(_moved(mount, paths, volumes) for mount in spec.mounts),
    )


def _volume_names(spec: ContainerSpec) -> list[str]:
    """Return each once: one volume may be mounted at several places."""
    return list(dict.fromkeys(mount.name for mount in spec.mounts if isinstance(mount, Volume) and mount.name))


def _require(option: str, wanted: Sequence[str], there: Sequence[str], otherwise: str) -> None:
    for each in wanted:
        if each not in there:
            raise UsageError(f"{option} {each}: {otherwise}.", f"It has: {', '.join(there) or 'none at all'}.")


def _moved(mount: Mount, paths: dict[str, str], volumes: dict[str, str]) -> Mount:
    if isinstance(mount, Bind):
        return replace(mount, source=paths.get(mount.source, mount.source))
    return replace(mount, name=volumes.get(mount.name, mount.name)) if isinstance(mount, Volume) else mount


def with_volumes(manifest: Manifest, changes: Changes) -> Manifest:
    """Return the manifest with its volumes, and the data in them, under the names that are wanted."""
    names = dict(changes.volumes)
    return replace(
        manifest,
        data=renamed(manifest.data, changes),
        volumes=tuple(replace(each, name=names.get(each.name, each.name)) for each in manifest.volumes),
    )


def renamed(data: Sequence[Data], changes: Changes) -> tuple[Data, ...]:
    """Return the data with the volumes that it is for."""
    names = dict(changes.volumes)
    return tuple(replace(each, volume=names.get(each.volume, each.volume)) for each in data)


def source_of(spec: ContainerSpec, data: Data) -> str:
    """Return the path of the host that `data` belongs to; '' where it is a volume's."""
    return next((each.source for each in spec.mounts if isinstance(each, Bind) and each.target == data.target), "")


def gpu_words(gpus: Gpus) -> tuple[str, ...]:
    """Return what `--gpus` would have said for the GPUs that a container had."""
    if gpus.cdi:
        return tuple(name.removeprefix(CDI) for name in gpus.cdi)
    if gpus.request.isdecimal():
        return tuple(map(str, range(int(gpus.request))))
    return tuple(gpus.request.removeprefix("device=").split(",")) if gpus.request else ("none",)
