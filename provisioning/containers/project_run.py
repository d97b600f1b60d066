"""`dockrun`: a command in an image, on the project at its own path, as the person who types it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from provisioning.containers.folders import Place
from provisioning.containers.secret_files import STATE
from provisioning.containers.site import Person
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Limits, Mount, Tmpfs

CACHE = ".cache/gpudock/cuda"
LOG_SIZE = 10 << 20
"""What it says is read as it comes; the engine writes it down nevertheless, for as long as the container."""
_HOST_ROOT = "/host"
_SECRET = re.compile(r"TOKEN|PASSW|SECRET|API_?KEY|CREDENTIAL", re.IGNORECASE)


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
    shm: int = 0


def spec(wish: Wish, person: Person, gpus: Gpus, name: str) -> ContainerSpec:
    """Return the container. Its user is the person, so that what it writes belongs to that person."""
    root = (Bind("/", _HOST_ROOT, read_only=wish.host_root != "rw"),) if wish.host_root else ()
    return ContainerSpec(
        image=wish.image,
        command=wish.command,
        name=name,
        user=f"{person.uid}:{person.gid}",
        workdir=wish.project,
        gpus=gpus,
        mounts=(Bind(wish.project, wish.project), *personal_mounts(person), *root),
        environment=(*ENVIRONMENT, *wish.environment),
        limits=Limits(shm=wish.shm, log_size=LOG_SIZE),
        labels=(("gpudock.kind", "run"),),
        interactive=True,
        terminal=wish.terminal,
        removed=True,
    )


ENVIRONMENT = (
    ("HOME", "/home/gpudock"),
    ("PYTHONUNBUFFERED", "1"),
    ("CUDA_CACHE_PATH", "/cuda-cache"),  # kernels are compiled once, not with each start
)


def personal_mounts(person: Person) -> tuple[Mount, ...]:
    """Return the person's cache of compiled kernels, and a home, for the image knows no such user."""
    return Bind(f"{person.home}/{CACHE}", "/cuda-cache"), Tmpfs("/home/gpudock")


def warnings(wish: Wish, place: Place, home: str) -> Iterator[str]:
    """Yield what is risky, or likely not meant."""
    if wish.host_root == "rw":
        yield "--host-root=rw: what runs in the container can change files of the whole host."
    if wish.host_root == "ro":
        yield "--host-root=ro: what runs in the container can read files of the whole host."
    yield from folder_warnings(place, home)
    yield from environment_warnings(wish.environment)


def folder_warnings(place: Place, home: str) -> Iterator[str]:
    """Yield what of a project's folder is likely not meant; `home` is the person's on that host."""
    if not place.writable:
        yield f"you may not write to {place.path}, so the program may not either."
    yield from home_warnings(place.path, home)


def home_warnings(folder: str, home: str) -> Iterator[str]:
    if PurePosixPath(home).is_relative_to(folder):
        secret = f"{home}/.ssh and {home}/{STATE}"
        yield f"{folder} is mounted whole, with {secret}; --dir FOLDER shows it one folder."


def environment_warnings(environment: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, _ in environment:
        if _SECRET.search(name):
            yield f"--env {name}: others on that host can read it, with `ps` or `docker inspect`."


def masked(variable: str) -> str:
    """Return `NAME=VALUE`, without the value where the name is that of a secret."""
    name = variable.partition("=")[0]
    return f"{name}=***" if _SECRET.search(name) else variable
