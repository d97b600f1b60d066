"""`run`, `alias`: a command in an image, on the project in this folder."""

from __future__ import annotations

import os
import sys

from invoke.context import Context

from provisioning.errors import UsageError
from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets


@host_task(
    word="image",
    help={
        "image": "IMAGE: the image to run it in",
        "dir_": "DIR: the project's folder on the host; this one, or on another host your home there",
        "gpus": "auto|all|none|0,1|UUID: which GPUs it gets",
        "env": "NAME=VALUE: a variable for it, NAME alone hands on yours; repeatable",
        "shm": "SIZE: shared memory, such as 8g; Docker's default is 64m",
        "host_root": "ro|rw: show it the whole host under /host too; with rw it can change every file there",
        "dry_run": "print the docker command and run nothing",
    },
)
def run(
    context: Context,  # noqa: ARG001
    targets: Targets,
    image: str,
    *command: str,
    dir_: str = "",
    gpus: str = "auto",
    env: tuple[str, ...] = (),
    shm: str = "",
    host_root: str = "",
    dry_run: bool = False,
) -> int:
    """Run a command in an image on the project in this folder, as yourself; exit with its exit code."""
    from provisioning.containers import choices
    from provisioning.containers.gpus import wanted
    from provisioning.containers.images import require_image_name
    from provisioning.operations import project_run

    if host_root not in ("", "ro", "rw"):
        raise UsageError(f"--host-root takes ro or rw, and was given {host_root!r}.")
    request = project_run.Request(
        require_image_name(image),
        command,
        dir_,
        wanted(gpus),
        host_root,
        choices.environment(env, os.environ),
        choices.size("--shm", shm),
        dry_run,
    )
    return project_run.run(targets, request)


@host_task(
    help={
        "name": "NAME: what the function is called",
        "shell": "sh|fish: the shell that reads it; bash, dash and zsh are sh",
        "gpus": "auto|all|none|0,1|UUID: which GPUs each of its commands gets",
    },
)
def alias(
    context: Context,  # noqa: ARG001
    targets: Targets,
    name: str = "dockrun",
    shell: str = "",
    gpus: str = "auto",
) -> None:
    """Print `run` as a function for your shell: `eval "$(gpudock alias)"`, then `dockrun IMAGE COMMAND`."""
    from provisioning.containers.gpus import wanted
    from provisioning.containers.shell_function import function, launcher, options, shell_of

    wanted(gpus)
    argv = (launcher(), "run", *options(targets.hosts, targets.access, gpus))
    sys.stdout.write(function(shell or shell_of(os.environ), name, argv))
