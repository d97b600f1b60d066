"""`jupyter.up`, `.url`, `.down`, `.logs`: notebooks on a host, in one safe command."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.service_options import WAY, container_name, name_help, port_of
from provisioning.tasks.targets import Targets

NAMESPACE = "jupyter"

_NAME = name_help("jupyter")


@host_task(
    help={
        **_NAME,
        **WAY,
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
        container_name(name),
        port_of(port),
        open_,
        detach,
        recreate,
        dry_run,
    )
    return jupyter.up(targets, request)


@host_task(help={**_NAME, **WAY})
def url(
    context: Context,  # noqa: ARG001
    targets: Targets,
    name: str = "",
    port: str = "auto",
    open_: bool = False,
) -> int:
    """Lead to the Jupyter that runs: print its address and hold the tunnel until Ctrl-C."""
    from provisioning.operations import jupyter

    return jupyter.url(targets, jupyter.Request("", "", (), container_name(name), port_of(port), browser=open_))


@host_task(help=_NAME)
def down(context: Context, targets: Targets, name: str = "") -> int:  # noqa: ARG001
    """Stop Jupyter and remove its container and its token; the notebooks stay where they are."""
    from provisioning.operations import jupyter

    return jupyter.down(targets, container_name(name))


@host_task(help={**_NAME, "follow": "go on until Ctrl-C", "lines": "N: how many of the last lines"})
def logs(context: Context, targets: Targets, name: str = "", follow: bool = False, lines: int = 50) -> int:  # noqa: ARG001
    """Print what Jupyter says."""
    from provisioning.operations import jupyter

    return jupyter.logs(targets, container_name(name), lines, follow=follow)
