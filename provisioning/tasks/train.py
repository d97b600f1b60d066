"""`train.start`, `.list`, `.logs`, `.wait`, `.stop`: training runs that go on when you leave."""

from __future__ import annotations

import os

from invoke.context import Context

from provisioning.errors import UsageError
from provisioning.tasks.framing import host_task, whole_number
from provisioning.tasks.targets import Targets

NAMESPACE = "train"

_NAME = {"name": "NAME: the run, as train.start and train.list name it"}


@host_task(
    help={
        "image": "IMAGE: the image to run it in",
        "name": "NAME: what the run is called; made of the folder's name where none is given",
        "dir_": "DIR: the project's folder on the host, at /workspace there; this one, or on another host your home",
        "gpus": "auto|all|none|0,1|UUID: which GPUs it gets",
        "share": "start it although somebody else uses one of the GPUs",
        "env": "NAME=VALUE: a variable for it, NAME alone hands on yours; repeatable",
        "shm": "SIZE: shared memory, such as 8g; half the host's memory, at most 64g, where none is given",
        "repo": "URL: fetch this instead of a folder, with your ssh agent or your git's credential helper",
        "ref": "REF: its branch, tag or commit",
        "network": "bridge|host: the container's own network, or the host's",
        "recreate": "remove a run of that name first",
        "dry_run": "print the docker command and run nothing",
    },
)
def start(
    context: Context,  # noqa: ARG001
    targets: Targets,
    *command: str,
    image: str = "",
    name: str = "",
    dir_: str = "",
    gpus: str = "auto",
    share: bool = False,
    env: tuple[str, ...] = (),
    shm: str = "",
    repo: str = "",
    ref: str = "HEAD",
    network: str = "bridge",
    recreate: bool = False,
    dry_run: bool = False,
) -> int:
    """Start a command in an image, detached, on GPUs that nobody else uses."""
    from provisioning.containers import choices
    from provisioning.containers.gpus import wanted
    from provisioning.containers.images import require_image_name
    from provisioning.containers.repository import source
    from provisioning.operations import training

    if network not in ("bridge", "host"):
        raise UsageError(f"--network takes bridge or host, and was given {network!r}.")
    if repo and dir_:
        raise UsageError("--repo and --dir exclude each other.", "A repository is fetched into a folder of its own.")
    if not image or not command:
        raise UsageError("train.start needs --image IMAGE, and the command after `--`.", "… -- python train.py")
    request = training.Request(
        require_image_name(image),
        command,
        choices.container_name(name),
        dir_,
        wanted(gpus),
        choices.environment(env, os.environ),
        "host" if network == "host" else "",
        choices.size("--shm", shm),
        source(repo, ref) if repo else None,
        share,
        recreate,
        dry_run,
    )
    return training.start(targets, request)


@host_task(name="list", help={"json": "print them as JSON"})
def list_(context: Context, targets: Targets, json: bool = False) -> int:  # noqa: ARG001
    """Show the training runs of a host: what became of each, since when, on which GPUs."""
    from provisioning.containers.training import KIND
    from provisioning.operations import running_containers

    return running_containers.show(targets, KIND, ended=True, as_json=json)


@host_task(word="name", help={**_NAME, "follow": "go on until it ends", "tail": "N: only so many lines of before"})
def logs(context: Context, targets: Targets, name: str, follow: bool = False, tail: str = "") -> int:  # noqa: ARG001
    """Show what a training run says; --follow outlasts a lost connection and a restarted engine."""
    from provisioning.operations import training_runs

    return training_runs.logs(targets, name, follow=follow, tail=tail and str(whole_number("--tail", tail, 0)))


@host_task(word="name", help={**_NAME, "timeout": "SECONDS: how long to wait, then end with 124; 0 is for ever"})
def wait(context: Context, targets: Targets, name: str, timeout: int = 0) -> int:  # noqa: ARG001
    """Wait for a training run to end, and exit with its exit code."""
    from provisioning.operations import training_runs

    return training_runs.wait(targets, name, timeout)


@host_task(word="name", help={**_NAME, "time": "SECONDS: how long it has to save its work"})
def stop(context: Context, targets: Targets, name: str, time: int = 30) -> int:  # noqa: ARG001
    """Stop a training run; its log and its exit code stay."""
    from provisioning.containers.training import KIND
    from provisioning.operations import running_containers

    return running_containers.stop(targets, name, time, KIND)
