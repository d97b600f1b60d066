"""A manifest of a container with a volume, a folder and a file, for tests."""

from __future__ import annotations

from provisioning.containers.archive import Held
from provisioning.containers.backup.manifest import SCHEMA, Base, Data, LeftOut, Manifest, Origin, Part, VolumeMaking
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Limits, Port, Tmpfs, Volume

SPEC = ContainerSpec(
    image="jupyter",
    name="lab",
    gpus=Gpus(request="all"),
    mounts=(
        Volume("", "/own"),
        Volume("home", "/home/jovyan"),
        Bind("/srv/project", "/work"),
        Bind("/srv/one/settings.ini", "/settings.ini", read_only=True),
        Tmpfs("/scratch"),
    ),
    ports=(Port(8888, 7777),),
    network="net1",
    environment=(("A", "1"),),
    limits=Limits(shm=1 << 30),
    restart="always",
    further=(("--cap-add", "SYS_PTRACE"),),
)
DATA = (
    Data("data-1.tar.gz", "home", "", "/home/jovyan", is_file=False, size=2_000_000),
    Data("data-2.tar.gz", "", "/srv/project", "/work", is_file=False, size=None),
    Data("data-3.tar.gz", "", "/srv/one/settings.ini", "/settings.ini", is_file=True, size=12),
    Data("data-4.tar.gz", "", "", "/own", is_file=False, size=0),
)
MANIFEST = Manifest(
    schema=SCHEMA,
    origin=Origin("gpu1", "2026-11-20T13:30:00Z", "26.1.5", "535.247.01"),
    container_id="0123456789ab",
    state="running",
    exit_code=0,
    health="healthy",
    spec=SPEC,
    networks=("net2",),
    lost=("its link /db:/lab/db",),
    base=Base("jupyter", "sha256:1", ("jupyter@sha256:2",)),
    image=Held("sha256:3", "amd64", 5_000_000, "4", "gpudock-backup:lab-1"),
    image_part="image.tar.gz",
    data=DATA,
    left_out=(LeftOut("/var/run/docker.sock", "/var/run/docker.sock", "a socket or device", None),),
    volumes=(VolumeMaking("home", "local", (("type", "nfs"),), (("owner", "me"),)),),
    parts=tuple(Part(name, 9, "0" * 64) for name in ("image.tar.gz", *(each.part for each in DATA))),
)
