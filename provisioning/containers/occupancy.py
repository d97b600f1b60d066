"""Who has a GPU: processes that the driver knows of, and containers of ours that were given it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from provisioning.containers.existing import ALL, Container
from provisioning.errors import Locked
from provisioning.probe import Probe

# The driver tells of processes in containers too, by their numbers on the host.
_SNIPPET = """
command -v nvidia-smi >/dev/null || exit 0
nvidia-smi --query-compute-apps=gpu_uuid,pid,process_name,used_memory --format=csv,noheader || true
"""


@dataclass(frozen=True)
class App:
    """A process that computes on a GPU."""

    gpu: str
    """UUID."""
    pid: int
    name: str
    memory: str


def parse(text: str) -> tuple[App, ...]:
    """Return the processes; a driver that does not answer has told of none."""
    rows = ([cell.strip() for cell in line.split(", ")] for line in text.splitlines() if line.startswith("GPU-"))
    return tuple(App(row[0], int(row[1]), ", ".join(row[2:-1]), row[-1]) for row in rows)


COMPUTE_APPS = Probe("compute_apps", _SNIPPET, parse, seconds=20)


@dataclass(frozen=True)
class Site:
    """The GPUs of a host and who is on it."""

    uuids: tuple[str, ...]
    containers: tuple[Container, ...]
    apps: tuple[App, ...] = ()

    def holders(self, uuid: str) -> Iterator[str]:
        for container in self.containers:
            if container.lives and container.kind and uuid in _of(container, self.uuids):
                yield f"container {container.name} ({container.kind})"
        for app in self.apps:
            if app.gpu == uuid:
                yield f"{app.name}, process {app.pid}, {app.memory}"


def require_free(wanted: Iterable[str], site: Site, host: str) -> None:
    """Raise Locked where somebody has one of the GPUs `wanted` (UUIDs), saying who, and which are free."""
    taken = [(site.uuids.index(uuid), holder) for uuid in wanted for holder in site.holders(uuid)]
    if not taken:
        return
    free = [str(index) for index, uuid in enumerate(site.uuids) if not any(site.holders(uuid))]
    lines = "\n".join(f"  GPU {index}: {holder}" for index, holder in taken)
    hint = f"Free: --gpus {','.join(free)}. " if free else "No GPU is free. "
    raise Locked(f"{host}: in use already:\n{lines}", hint + "--share starts it on these nevertheless.")


def _of(container: Container, uuids: Sequence[str]) -> frozenset[str]:
    """Return the GPUs of a container. One that asked for a number of them may have any."""
    if ALL in container.gpus or container.gpu_count:
        return frozenset(uuids)
    by_index = {str(index): uuid for index, uuid in enumerate(uuids)}
    return frozenset(by_index.get(name, name) for name in container.gpus)
