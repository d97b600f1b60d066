"""Jupyter in a container: which images, started how, as whom; its token comes in a file and is in no log."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers.secret_files import STATE, SecretPlace
from provisioning.containers.service import Service
from provisioning.containers.site import Person
from provisioning.containers.spec import LOOPBACK, Bind, ContainerSpec, Gpus, Limits, Port, SecretFile
from provisioning.containers.training import LOG_FILES, LOG_SIZE, shared_memory

JUPYTER = Service("jupyter", 8888)
CONFIG = "/run/gpudock/jupyter_config.py"
HOME = "/home/gpudock"

PRESETS = {
    "jupyter": "quay.io/jupyter/base-notebook:latest",
    "scipy": "quay.io/jupyter/scipy-notebook:latest",
    "pytorch": "quay.io/jupyter/pytorch-notebook:cuda12-latest",
    "tensorflow": "tensorflow/tensorflow:latest-gpu-jupyter",
    "deepo": "ufoym/deepo:all-jupyter-py36-cu100",
}
"""Images by a short name."""


@dataclass(frozen=True)
class Family:
    """Images that are started alike. How an image starts by itself is never kept: some do it without a token."""

    name: str
    pattern: str
    prepares: bool = False
    """Its entrypoint sets up the user or the libraries, and then runs the command that it is given."""
    groups: tuple[str, ...] = ()
    """What a user of any uid must belong to, to write where the image expects it."""


FAMILIES = (
    # https://jupyter-docker-stacks.readthedocs.io/en/latest/using/common.html: `--user UID --group-add users`
    Family("docker-stacks", r"(^|/)jupyter/[a-z0-9-]+-notebook\b", prepares=True, groups=("100",)),
    Family("NVIDIA", r"^nvcr\.io/nvidia/", prepares=True),
    Family("TensorFlow", r"(^|/)tensorflow/tensorflow\b"),  # its own start is for root, in a folder of its own
    Family("deepo", r"(^|/)ufoym/deepo\b"),  # its documented start has an empty token and listens to all
)
ANY = Family("any", "")

# Lab where the image has it, else what it has. Read by sh in the container.
_START = (
    'exec "$(command -v jupyter-lab || command -v jupyter-notebook || command -v jupyter-server || echo jupyter-lab)"'
    f" --config={CONFIG}"
)

# Read by jupyter-server and by the old notebook, which know the same settings under two names.
_CONFIG = """\
token = "{token}"
for app in (c.ServerApp, c.NotebookApp):
    app.ip = "0.0.0.0"  # of the container, which publishes its port on the host's loopback alone
    app.port = {port}
    app.port_retries = 0
    app.open_browser = False
    app.allow_root = True
    app.password = ""
    app.token = token
c.IdentityProvider.token = token

import logging

make = logging.getLogRecordFactory()


def without_token(*args, **kwargs):
    record = make(*args, **kwargs)
    record.msg, record.args = record.getMessage().replace(token, "***"), ()
    return record


logging.setLogRecordFactory(without_token)
"""


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


def image_of(text: str) -> str:
    """Return the image that a preset or a name of an image means."""
    return PRESETS.get(text, text)


def family_of(image: str) -> Family:
    return next((each for each in FAMILIES if re.search(each.pattern, image)), ANY)


def spec(wish: Wish, person: Person, gpus: Gpus, token: Secret) -> ContainerSpec:
    """Return the container. Its user is the person, so that what it writes belongs to that person."""
    family = family_of(wish.image)
    # As root the docker-stacks would change to a user of their own.
    prepared = family.prepares and person.uid != 0
    start = ("-c", _START)
    return ContainerSpec(
        image=wish.image,
        command=("sh", *start) if prepared else start,
        entrypoint="" if prepared else "sh",
        name=wish.name,
        user=f"{person.uid}:{person.gid}",
        groups=family.groups,
        workdir=wish.project,
        gpus=gpus,
        mounts=(Bind(wish.project, wish.project), Bind(home_of(person, wish.name), HOME)),
        secrets=(SecretFile(CONFIG, token, SecretPlace(person.home, wish.name).path),),
        ports=(Port(JUPYTER.port, wish.host_port, wish.address),),
        environment=(("HOME", HOME), ("USER", person.user), ("PYTHONUNBUFFERED", "1")),
        limits=Limits(shm=shared_memory(person.memory), log_size=LOG_SIZE, log_files=LOG_FILES),
        labels=(("gpudock.kind", JUPYTER.kind),),
        detached=True,
    )


def home_of(person: Person, name: str) -> str:
    """Return the folder of the host that is the home in the container: what `pip install --user` brings stays there."""
    return f"{person.home}/{STATE}/homes/{name}"


def config(token: Secret) -> Secret:
    """Return the configuration that is mounted: it holds the token, and so is a secret itself."""
    return Secret(_CONFIG.format(token=token.reveal(), port=JUPYTER.port))


def token_in(text: str) -> Secret:
    """Return the token of such a configuration. Raises ValueError where it has none."""
    found = re.match(r'token = "([A-Za-z0-9_-]+)"\n', text)
    if not found:
        raise ValueError("no token")
    return Secret(found[1])
