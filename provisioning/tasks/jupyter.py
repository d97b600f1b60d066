"""`jupyter.up`, `.url`, `.down`, `.logs`: notebooks on a host, in one safe command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

if TYPE_CHECKING:
    from provisioning.operations.jupyter import Request

NAMESPACE = "jupyter"

_NAME = {"name": "NAME: the container's name; jupyter-USER where none is given"}
_WAY = {
    "port": "auto|PORT: the port of this machine that leads to it; 8888 where that is free",
    "open_": "open the address in the browser",
}


@host_task(
    help={
        **_NAME,
        **_WAY,
        "image": "IMAGE: one with Jupyter in it, or jupyter, scipy, pytorch, tensorflow, deepo for well-known ones",
        "dir_": "DIR: the folder with the notebooks on the host; this one, or on another host your home there",
        "gpus": "auto|all|none|0,1|UUID: which GPUs it gets",
        "detach": "start it and hold no tunnel",
        "recreate": "replace a container of that name that was asked for otherwise",
        "dry_run": "print the docker command and run nothing",
    }
)
def up(
    context: Context,  # noqa: ARG001
    targets: Targets,
    image: str = "jupyter",
    dir_: str = "",
    gpus: str = "auto",
    port: str = "auto",
    name: str = "",
    open_: bool = False,
    detach: bool = False,
    recreate: bool = False,
    dry_run: bool = False,
) -> int:
    """Start Jupyter on a host, behind a token and a tunnel; print the address and hold the tunnel until Ctrl-C."""
    from provisioning.containers.gpus import wanted
    from provisioning.containers.images import require_image_name
    from provisioning.operations import jupyter

    request = jupyter.Request(
        require_image_name(image),
        dir_,
        wanted(gpus),
        _container_name(name),
        _port(port),
        open_,
        detach,
        recreate,
        dry_run,
    )
    return jupyter.up(targets, request)


@host_task(help={**_NAME, **_WAY})
def url(
    context: Context,  # noqa: ARG001
    targets: Targets,
    name: str = "",
    port: str = "auto",
    open_: bool = False,
) -> int:
    """Lead to the Jupyter that runs: print its address and hold the tunnel until Ctrl-C."""
    from provisioning.operations import jupyter

    return jupyter.url(targets, _way(name, port, open_=open_))


@host_task(help=_NAME)
def down(context: Context, targets: Targets, name: str = "") -> int:  # noqa: ARG001
    """Stop Jupyter and remove its container and its token; the notebooks stay where they are."""
    from provisioning.operations import jupyter

    return jupyter.down(targets, _container_name(name))


@host_task(help={**_NAME, "follow": "go on until Ctrl-C", "lines": "N: how many of the last lines"})
def logs(context: Context, targets: Targets, name: str = "", follow: bool = False, lines: int = 50) -> int:  # noqa: ARG001
    """Print what Jupyter says."""
    from provisioning.operations import jupyter

    return jupyter.logs(targets, _container_name(name), lines, follow=follow)


def _way(name: str, port: str, *, open_: bool) -> Request:
    from provisioning.operations.jupyter import Request

    return Request("", "", (), _container_name(name), _port(port), browser=open_)


def _container_name(name: str) -> str:
    from provisioning.containers.choices import container_name

    return container_name(name)


def _port(text: str) -> int:
    from provisioning.runners.forwarding import port_number

    return 0 if text == "auto" else port_number(text, "--port")
