"""A ContainerSpec as the words of `docker run` or `docker create`: the only place that knows those options."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Limits, Mount, Port, Volume


def run_argv(spec: ContainerSpec) -> tuple[str, ...]:
    """Return `docker run …`, without whatever must stand before `docker`."""
    how = ("--detach",) if spec.detached else ()
    return ("docker", "run", *how, *_options(spec))


def create_argv(spec: ContainerSpec) -> tuple[str, ...]:
    """Return `docker create …`: the same container, not started."""
    return ("docker", "create", *_options(spec))


def _options(spec: ContainerSpec) -> Iterator[str]:
    yield from _flags(("--rm", spec.removed), ("--init", spec.init))
    yield from _flags(("--interactive", spec.interactive), ("--tty", spec.terminal))
    for option, value in _values(spec):
        if value:
            yield f"{option}={value}"
    yield from _gpus(spec.gpus)
    yield from _limits(spec.limits)
    yield from _repeated("--mount", map(mount_words, spec.mounts))
    yield from _repeated("--mount", (_fields(_bind(each.source, each.target, read_only=True)) for each in spec.secrets))
    yield from _repeated("--publish", map(port_words, spec.ports))
    yield from _repeated("--env", (f"{name}={value}" for name, value in spec.environment))
    yield from _repeated("--label", (f"{name}={value}" for name, value in spec.labels))
    yield from (f"{option}={value}" for option, value in spec.further)
    yield spec.image
    yield from spec.command


def _values(spec: ContainerSpec) -> Iterator[tuple[str, str]]:
    yield "--name", spec.name
    yield "--hostname", spec.hostname
    yield "--user", spec.user
    yield from (("--group-add", group) for group in spec.groups)
    yield "--workdir", spec.workdir
    yield "--network", spec.network
    yield "--restart", spec.restart
    yield "--entrypoint", spec.entrypoint
    yield "--health-cmd", spec.health


def _flags(*flags: tuple[str, bool]) -> Iterator[str]:
    return (name for name, wanted in flags if wanted)


def _repeated(option: str, values: Iterable[str]) -> Iterator[str]:
    return (f"{option}={value}" for value in values)


def _gpus(gpus: Gpus) -> Iterator[str]:
    yield from _repeated("--device", gpus.cdi)
    if gpus.request:
        # Read as one line of CSV whose fields are separated by commas: several UUIDs must be quoted to stay one.
        yield f"--gpus={_fields([gpus.request])}"


def _limits(limits: Limits) -> Iterator[str]:
    if limits.shm:
        yield f"--shm-size={limits.shm}"
    yield from _repeated("--ulimit", limits.ulimits)
    if limits.log_size:
        yield from ("--log-driver=json-file", f"--log-opt=max-size={limits.log_size}")
        yield f"--log-opt=max-file={max(limits.log_files, 1)}"


def mount_words(mount: Mount) -> str:
    """Return the value of `--mount`."""
    if isinstance(mount, Bind):
        return _fields(_bind(mount.source, mount.target, read_only=mount.read_only, propagation=mount.propagation))
    if isinstance(mount, Volume):
        return _fields(list(_volume(mount)))
    size = [f"tmpfs-size={mount.size}"] if mount.size else []
    return _fields(["type=tmpfs", f"target={mount.target}", f"tmpfs-mode={mount.mode}", *size])


def _bind(source: str, target: str, *, read_only: bool, propagation: str = "") -> list[str]:
    further = [*(["readonly"] if read_only else []), *([f"bind-propagation={propagation}"] if propagation else [])]
    return ["type=bind", f"source={source}", f"target={target}", *further]


def _volume(volume: Volume) -> Iterator[str]:
    yield "type=volume"
    if volume.name:
        yield f"source={volume.name}"
    yield f"target={volume.target}"
    if volume.read_only:
        yield "readonly"
    if not volume.filled:
        yield "volume-nocopy"


def port_words(port: Port) -> str:
    """Return the value of `--publish`."""
    address = f"[{port.address}]" if ":" in port.address else port.address
    inside = str(port.container) if port.protocol == "tcp" else f"{port.container}/{port.protocol}"
    host = "" if port.host is None else str(port.host)
    return ":".join([*([address] if address else []), *([host] if address or host else []), inside])


def _fields(values: list[str]) -> str:
    """Return one line of CSV, which is how docker reads `--mount` and `--gpus`: commas and quotes may be in paths."""
    line = io.StringIO()
    csv.writer(line, lineterminator=_LINE_END).writerow(values)  # what it holds is quoted where a value has it
    return line.getvalue().removesuffix(_LINE_END)


_LINE_END = "\r\n"
