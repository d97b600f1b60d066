"""`workspace.up`, `.url`, `.down`, `.logs`, `.env-save`, `.env-restore`: a workspace that survives restarts."""

from __future__ import annotations

from invoke.context import Context

from provisioning.command import Secret
from provisioning.tasks.framing import host_task
from provisioning.tasks.service_options import WAY, container_name, name_help, port_of
from provisioning.tasks.targets import Targets, ask_password

NAMESPACE = "workspace"

_NAME = name_help("workspace")
_WITH = {"with_": "auto|conda|pip: which of them; the first that it has"}


@host_task(
    help={
        **_NAME,
        **WAY,
        "image": "IMAGE: an image of ml-workspace",
        "dir_": "DIR: the project's folder on the host; this one, or on another host ~/workspace there",
        "gpus": "auto|all|none|0,1|UUID: which GPUs it gets",
        "ask": "ask for the password instead of making one",
        "detach": "start it and hold no tunnel",
        "recreate": "replace a container of that name that was asked for otherwise",
        "dry_run": "print the docker command and run nothing",
    }
)
def up(
    context: Context,  # noqa: ARG001
    targets: Targets,
    image: str = "dagshub/ml-workspace:latest",
    dir_: str = "",
    gpus: str = "auto",
    port: str = "auto",
    name: str = "",
    ask: bool = False,
    open_: bool = False,
    detach: bool = False,
    recreate: bool = False,
    dry_run: bool = False,
) -> int:
    """Start a workspace that comes back after restarts; print its address and hold the tunnel until Ctrl-C."""
    from provisioning.containers.gpus import wanted
    from provisioning.containers.images import require_image_name
    from provisioning.containers.workspace import require_workspace_image
    from provisioning.operations import workspace

    request = workspace.Request(
        require_workspace_image(require_image_name(image)),
        dir_,
        wanted(gpus),
        container_name(name),
        port_of(port),
        _password() if ask else None,
        open_,
        detach,
        recreate,
        dry_run,
    )
    return workspace.up(targets, request)


@host_task(help={**_NAME, **WAY})
def url(
    context: Context,  # noqa: ARG001
    targets: Targets,
    name: str = "",
    port: str = "auto",
    open_: bool = False,
) -> int:
    """Lead to the workspace that runs: print its address and hold the tunnel until Ctrl-C."""
    from provisioning.operations import workspace

    return workspace.url(targets, workspace.Request("", "", (), container_name(name), port_of(port), browser=open_))


@host_task(help=_NAME)
def down(context: Context, targets: Targets, name: str = "") -> int:  # noqa: ARG001
    """Stop the workspace and remove its container and its password; the project stays where it is."""
    from provisioning.operations import workspace

    return workspace.down(targets, container_name(name))


@host_task(help={**_NAME, "follow": "go on until Ctrl-C", "lines": "N: how many of the last lines"})
def logs(context: Context, targets: Targets, name: str = "", follow: bool = False, lines: int = 50) -> int:  # noqa: ARG001
    """Print what the workspace says."""
    from provisioning.operations import workspace

    return workspace.logs(targets, container_name(name), lines, follow=follow)


@host_task(help={**_NAME, **_WITH})
def env_save(context: Context, targets: Targets, name: str = "", with_: str = "auto") -> int:  # noqa: ARG001
    """Write the packages of the workspace into its project: environment.yml of conda, or requirements.txt of pip."""
    from provisioning.operations import environments

    return environments.save(targets, container_name(name), with_)


@host_task(help={**_NAME, **_WITH})
def env_restore(context: Context, targets: Targets, name: str = "", with_: str = "auto") -> int:  # noqa: ARG001
    """Install in the workspace what environment.yml or requirements.txt of its project names."""
    from provisioning.operations import environments

    return environments.restore(targets, container_name(name), with_)


def _password() -> Secret:
    """Ask for a password. Raises UsageError for one that the image would misread."""
    from provisioning.containers.workspace import require_password

    return require_password(ask_password("--ask", "password for the workspace: ", "Leave --ask out: one is made."))
