"""One container as people want it: frozen data from which the docker command is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field

from provisioning.command import Secret

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Bind:
    """A folder or file of the host in the container. It must exist: the engine makes up no empty folder for it."""

    source: str
    target: str
    read_only: bool = False
    propagation: str = ""


@dataclass(frozen=True)
class Volume:
    """A volume of the engine's, made when it is not there. Without a name it is the container's own."""

    name: str
    target: str
    read_only: bool = False
    filled: bool = True
    """A new one begins with what the image has at `target`."""


@dataclass(frozen=True)
class Tmpfs:
    """Memory of the container's own, gone with it."""

    target: str
    mode: str = "1777"
    size: int = 0
    """Bytes; 0: as much as the host has."""


Mount = Bind | Volume | Tmpfs


@dataclass(frozen=True)
class Port:
    """A port of the container on an address of the host. `host` None: the engine picks a free one."""

    container: int
    host: int | None = None
    address: str = LOOPBACK
    """'' is every address that the host has."""
    protocol: str = "tcp"


@dataclass(frozen=True)
class SecretFile:
    """A secret as a file in the container, mounted read-only: in no argv, no environment and no image."""

    target: str
    secret: Secret
    source: str
    """Where it lies on the host, for as long as the container."""


@dataclass(frozen=True)
class Gpus:
    """Which GPUs: device names of CDI, or a request for `--gpus`. Both empty: none."""

    cdi: tuple[str, ...] = ()
    request: str = ""
    """`all`, or `device=UUID,UUID`."""


@dataclass(frozen=True)
class Limits:
    """What the container may take, beyond the engine's defaults. Sizes in bytes; 0 leaves the default."""

    shm: int = 0
    ulimits: tuple[str, ...] = ()
    """As in `memlock=-1`."""
    log_size: int = 0
    log_files: int = 0


@dataclass(frozen=True)
class ContainerSpec:
    """A container. What is empty is left to the image and the engine."""

    image: str
    command: tuple[str, ...] = ()
    entrypoint: str = ""
    name: str = ""
    user: str = ""
    """`UID:GID`."""
    groups: tuple[str, ...] = ()
    workdir: str = ""
    gpus: Gpus = Gpus()
    mounts: tuple[Mount, ...] = ()
    secrets: tuple[SecretFile, ...] = ()
    ports: tuple[Port, ...] = ()
    network: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    limits: Limits = Limits()
    restart: str = ""
    labels: tuple[tuple[str, str], ...] = field(default=())
    hostname: str = ""
    health: str = ""
    """A line for sh in the container that ends with 0 while it is well; the engine asks every half minute."""
    init: bool = True
    """A first process that reaps children and hands on signals."""
    interactive: bool = False
    terminal: bool = False
    detached: bool = False
    removed: bool = False
    """Gone when it ends."""
    further: tuple[tuple[str, str], ...] = ()
    """Options that we never choose, as in `("--cap-add", "SYS_PTRACE")`: for containers that others made."""
