"""What a person wants otherwise of a container that is made again: its name, ports and paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioning.containers.backup.manifest import Data
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Mount
from provisioning.errors import UsageError

CDI = "nvidia.com/gpu="


@dataclass(frozen=True)
class Changes:
    """`old, new` each."""

    name: str = ""
    ports: tuple[tuple[int, int], ...] = ()
    paths: tuple[tuple[str, str], ...] = ()


def read_ports(words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return what `--port OLD:NEW` says. Raises UsageError."""
    pairs = [(word, *word.partition(":")[::2]) for word in words]
    for word, *numbers in pairs:
        if not all(number.isascii() and number.isdecimal() and 0 < int(number) < 1 << 16 for number in numbers):
            raise UsageError(f"--port takes OLD:NEW, two ports of the host, and was given {word!r}.")
    return tuple((int(old), int(new)) for _, old, new in pairs)


def read_paths(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return what `--path OLD:NEW` says. Raises UsageError."""
    pairs = [(word, *word.partition(":")[::2]) for word in words]
    for word, *paths in pairs:
        if not all(path.startswith("/") for path in paths):
            raise UsageError(f"--path takes OLD:NEW, two absolute paths of the host, and was given {word!r}.")
    return tuple((old, new) for _, old, new in pairs)


def changed(spec: ContainerSpec, changes: Changes) -> ContainerSpec:
    """Return the container as it is wanted. Raises UsageError for a port or path that it has not."""
    published = [port.host for port in spec.ports if port.host]
    for old, _ in changes.ports:
        if old not in published:
            there = ", ".join(map(str, published)) or "none at all"
            raise UsageError(f"--port {old}: it publishes no such port of the host.", f"It publishes: {there}.")
    bound = [mount.source for mount in spec.mounts if isinstance(mount, Bind)]
    for path, _ in changes.paths:
        if path not in bound:
            there = ", ".join(bound) or "none at all"
            raise UsageError(f"--path {path}: it has no such path of the host.", f"It has: {there}.")
    ports, paths = dict(changes.ports), dict(changes.paths)
    return replace(
        spec,
        name=changes.name or spec.name,
        ports=tuple(replace(port, host=ports.get(port.host or 0, port.host)) for port in spec.ports),
        mounts=tuple(_moved(mount, paths) for mount in spec.mounts),
    )


def _moved(mount: Mount, paths: dict[str, str]) -> Mount:
    return replace(mount, source=paths.get(mount.source, mount.source)) if isinstance(mount, Bind) else mount


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
