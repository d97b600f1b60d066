"""A machine-learning workspace in a container: tools behind one port, which come back when the machine restarts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers.secret_files import SecretPlace
from provisioning.containers.service import Service
from provisioning.containers.site import Person
from provisioning.containers.spec import LOOPBACK, Bind, ContainerSpec, Gpus, Limits, Port, SecretFile
from provisioning.containers.training import LOG_FILES, LOG_SIZE, shared_memory
from provisioning.errors import UsageError

WORKSPACE = Service("workspace", 8080)
IMAGE = "dagshub/ml-workspace:latest"
PROJECT = "/workspace"
FOLDER = "~/workspace"
"""The project on another host where none is named."""
PASSWORD = "/run/gpudock/password"  # noqa: S105 - where it is, not what it is

# These images read their password from the environment, where `docker inspect` would show it: so it is put there by
# the first process itself, from the file, before it becomes what the image starts.
_VARIABLE = "AUTHENTICATE_VIA_JUPYTER"
_START = f'{_VARIABLE}=$(cat {PASSWORD}) && export {_VARIABLE} && exec "$@"'
_HEALTH = f"python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", {WORKSPACE.port}), 5)'"
_FAMILY = re.compile(r"(^|/)[a-z0-9-]*ml-workspace[a-z0-9-]*\b")


@dataclass(frozen=True)
class Wish:
    image: str
    name: str
    project: str
    """An absolute path of the host."""
    host_port: int | None = None
    """None: the engine picks one."""
    address: str = LOOPBACK
    """Of the host, which publishes the port there alone."""


def require_workspace_image(name: str) -> str:
    """Return `name` where images of that name read their password as we hand it in. Raises UsageError."""
    if not _FAMILY.search(name):
        raise UsageError(
            f"workspace.up knows how to hand a password to images of ml-workspace, and {name} is not called so.",
            "For an image with Jupyter in it take jupyter.up; for any other `gpudock run`.",
        )
    return name


def spec(wish: Wish, person: Person, gpus: Gpus, password: Secret, start: tuple[str, ...]) -> ContainerSpec:
    """Return the container; `start` is what the image starts by itself. Its user is the image's own, mostly root."""
    return ContainerSpec(
        image=wish.image,
        entrypoint="sh",
        command=("-c", _START, "gpudock", *start),
        name=wish.name,
        hostname=wish.name,
        workdir=PROJECT,
        gpus=gpus,
        mounts=(Bind(wish.project, PROJECT),),
        secrets=(SecretFile(PASSWORD, password, SecretPlace(person.home, wish.name).path),),
        ports=(Port(WORKSPACE.port, wish.host_port, wish.address),),
        limits=Limits(shm=shared_memory(person.memory), log_size=LOG_SIZE, log_files=LOG_FILES),
        restart="unless-stopped",
        health=_HEALTH,
        labels=(("gpudock.kind", WORKSPACE.kind),),
        detached=True,
    )


def require_password(password: Secret) -> Secret:
    """Return it where it is one. Raises UsageError for none at all, spaces, and the word that switches it off."""
    text = password.reveal()
    if not text.strip() or text.split() != [text] or text.lower() in ("true", "false"):
        raise UsageError("This cannot be the password of a workspace.", "Take some letters and digits, without spaces.")
    return password


def shown(url: str, password: Secret) -> str:
    """Return what a person needs to get in: for the terminal alone."""
    return f"{url}  password: {password.reveal()}"


def password_in(text: str) -> Secret:
    """Return the password of the file's text. Raises ValueError where it is empty."""
    if not text.strip():
        raise ValueError("no password")
    return Secret(text.strip())
