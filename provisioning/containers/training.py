"""A training run: detached, on chosen GPUs, with the project at /workspace; its exit code is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioning.containers.folders import Place
from provisioning.containers.project_run import ENVIRONMENT, environment_warnings, folder_warnings, personal_mounts
from provisioning.containers.sameness import stamped
from provisioning.containers.site import Person
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Limits

KIND = "train"
WORKSPACE = "/workspace"
MOST_SHM = 64 << 30
MEMLOCK, STACK = "memlock=-1", "stack=67108864"  # as NVIDIA's own images ask for at their start
LOG_SIZE = 50 << 20
LOG_FILES = 4


@dataclass(frozen=True)
class Wish:
    image: str
    command: tuple[str, ...]
    project: str
    """An absolute path of the host."""
    name: str
    environment: tuple[tuple[str, str], ...] = ()
    network: str = ""
    shm: int = 0
    """0: by the host's memory."""
    locks_memory: bool = True
    """The engine may let it lock memory, as transfers to a GPU and between hosts do."""
    commit: str = ""
    repository: str = ""


def shared_memory(memory: int) -> int:
    """Return the bytes for /dev/shm, through which loaders hand over batches: half the memory, at most 64 GiB.

    It is a limit, not a reservation. Docker's default of 64 MiB ends a loader with workers in a bus error.
    """
    return min(memory // 2, MOST_SHM)


def spec(wish: Wish, person: Person, gpus: Gpus) -> ContainerSpec:
    ulimits = (*((MEMLOCK,) if wish.locks_memory else ()), STACK)
    source = (("gpudock.repository", wish.repository), ("gpudock.commit", wish.commit))
    return stamped(
        ContainerSpec(
            image=wish.image,
            command=wish.command,
            name=wish.name,
            user=f"{person.uid}:{person.gid}",
            workdir=WORKSPACE,
            gpus=gpus,
            mounts=(Bind(wish.project, WORKSPACE), *personal_mounts(person)),
            environment=(*ENVIRONMENT, *wish.environment),
            network=wish.network,
            limits=Limits(wish.shm or shared_memory(person.memory), ulimits, LOG_SIZE, LOG_FILES),
            labels=(("gpudock.kind", KIND), *(each for each in source if each[1])),
            detached=True,
        )
    )


def warnings(wish: Wish, place: Place, home: str) -> Iterator[str]:
    """Yield what is risky, or likely not meant."""
    if wish.network == "host":
        yield "--network host: the container is in the host's own network, and no firewall of Docker's is between."
    if not wish.locks_memory:
        yield f"the engine itself may not lock more memory, so {MEMLOCK} is left out."
    if not wish.repository:
        yield from folder_warnings(place, home)
    yield from environment_warnings(wish.environment)
