"""`run`: a command in an image, on the project in this folder."""

from __future__ import annotations

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
        "host_root": "ro|rw: show it the whole host under /host too; with rw it can change every file of yours",
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
    host_root: str = "",
    dry_run: bool = False,
) -> int:
    """Run a command in an image on the project in this folder, as yourself; exit with its exit code."""
    from provisioning.containers.gpus import wanted
    from provisioning.containers.images import require_image_name
    from provisioning.operations import project_run

    if host_root not in ("", "ro", "rw"):
        raise UsageError(f"--host-root takes ro or rw, and was given {host_root!r}.")
    return project_run.run(
        targets,
        project_run.Request(require_image_name(image), command, dir_, wanted(gpus), host_root, dry_run),
    )
