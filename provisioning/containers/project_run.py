"""`dockrun`: a command in an image, on the project at its own path, as the person who types it."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.containers.site import Person
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Tmpfs

CACHE = ".cache/gpudock/cuda"
_HOST_ROOT = "/host"


@dataclass(frozen=True)
class Wish:
    image: str
    command: tuple[str, ...]
    project: str
    """An absolute path of the host."""
    host_root: str = ""
    """`ro` or `rw`: the whole host under /host; '' not at all."""
    terminal: bool = False
    environment: tuple[tuple[str, str], ...] = ()


def spec(wish: Wish, person: Person, gpus: Gpus, name: str) -> ContainerSpec:
    """Return the container. Its user is the person, so that what it writes belongs to that person."""
    cache = f"{person.home}/{CACHE}"
    root = (Bind("/", _HOST_ROOT, read_only=wish.host_root != "rw"),) if wish.host_root else ()
    return ContainerSpec(
        image=wish.image,
        command=wish.command,
        name=name,
        user=f"{person.uid}:{person.gid}",
        workdir=wish.project,
        gpus=gpus,
        mounts=(Bind(wish.project, wish.project), Bind(cache, "/cuda-cache"), Tmpfs("/home/gpudock"), *root),
        environment=(
            ("HOME", "/home/gpudock"),
            ("PYTHONUNBUFFERED", "1"),
            ("CUDA_CACHE_PATH", "/cuda-cache"),  # kernels are compiled once, not with each start
            *wish.environment,
        ),
        labels=(("gpudock.kind", "run"),),
        interactive=True,
        terminal=wish.terminal,
        removed=True,
    )
