"""`containers.list`, `.stop`, `.rm`, `.shell`: what runs on a host, for whom, and who can reach it."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

NAMESPACE = "containers"

_NAME = {"name": "NAME: the container, or the beginning of its id"}


@host_task(name="list", help={"all_": "those too that have ended", "json": "print them as JSON"})
def list_(context: Context, targets: Targets, all_: bool = False, json: bool = False) -> int:  # noqa: ARG001
    """Show what runs on a host: since when, on which GPUs, and which ports the world can reach."""
    from provisioning.operations import running_containers

    return running_containers.show(targets, ended=all_, as_json=json)


@host_task(word="name", help={**_NAME, "time": "SECONDS: how long it has to end by itself"})
def stop(context: Context, targets: Targets, name: str, time: int = 10) -> int:  # noqa: ARG001
    """Stop a container."""
    from provisioning.operations import running_containers

    return running_containers.stop(targets, name, time)


@host_task(word="name", help={**_NAME, "force": "also one that runs"})
def rm(context: Context, targets: Targets, name: str, force: bool = False) -> int:  # noqa: ARG001
    """Remove a container and what it wrote outside its mounts; volumes and images stay."""
    from provisioning.operations import running_containers

    return running_containers.remove(targets, name, force=force)


@host_task(word="name", help=_NAME)
def shell(context: Context, targets: Targets, name: str, *command: str) -> int:  # noqa: ARG001
    """Open a shell in a running container, or run what follows `--` there."""
    from provisioning.operations import running_containers

    return running_containers.look_inside(targets, name, command)
