"""`backup.*`: a container as one file, and back."""

from __future__ import annotations

from pathlib import Path

from invoke.context import Context

from provisioning.errors import UsageError
from provisioning.tasks.framing import host_task, task
from provisioning.tasks.targets import Targets

NAMESPACE = "backup"


@host_task(
    word="container",
    help={
        "container": "CONTAINER: its name or id",
        "to": "FILE|DIR: where to save it on this machine; in a folder it is called after the container and the time",
        "volumes": "all|none|NAME,…: which volumes and folders of the host are saved with it, by name or path",
        "pause_limit": "SECONDS: how long it may stand still while its own files are copied",
        "dry_run": "print the docker commands and run none",
    },
)
def create(
    context: Context,  # noqa: ARG001
    targets: Targets,
    container: str,
    to: str = ".",
    volumes: str = "all",
    pause_limit: int = 300,
    dry_run: bool = False,
) -> None:
    """Save a container with its volumes and the way it was made to one file on this machine."""
    from provisioning.operations.backup import creating

    words = names(volumes)
    creating.create(targets, creating.Request(container, Path(to).expanduser(), words, pause_limit, dry_run))


def names(volumes: str) -> tuple[str, ...]:
    """Return the words of `--volumes`. Raises UsageError."""
    words = tuple(word.strip() for word in volumes.split(","))
    if "" in words or (len(words) > 1 and {"all", "none"} & set(words)):
        raise UsageError(f"--volumes takes all, none, or names with commas, and was given {volumes!r}.")
    return words


@task(help={"file": "FILE: a backup on this machine"})
def verify(context: Context, file: str) -> None:  # noqa: ARG001
    """Read every byte of a backup, and say what it holds."""
    from provisioning.operations.backup import showing

    showing.verify(Path(file).expanduser())


@task(
    name="list",
    word="folder",
    help={"folder": "DIR: a folder of this machine", "json": "for a program: all that the backups say of themselves"},
)
def list_(context: Context, folder: str = ".", json: bool = False) -> None:  # noqa: ARG001
    """Show the backups in a folder."""
    from provisioning.operations.backup import showing

    showing.show_list(Path(folder).expanduser(), as_json=json)


@host_task(
    word="file",
    help={
        "file": "FILE: a backup on this machine",
        "name": "NAME: what the container is called there; what it was called before",
        "port": "PORTS: OLD:NEW publishes on port NEW of the host what OLD led to; repeatable",
        "path": "PATHS: OLD:NEW, or OLD=NEW, mounts the host's NEW where OLD was; repeatable",
        "volume": "NAMES: OLD:NEW makes or uses the volume NEW where OLD was; repeatable",
        "gpus": "auto|all|none|0,1|UUID: which GPUs it gets; those that it had",
        "volumes": "all|none|NAME,…: which volumes and folders are filled from the backup",
        "overwrite": "put the saved files over those that are there",
        "start": "make it, and do not start it",
        "dry_run": "print the docker commands and run none",
    },
    groups={"otherwise than it was": ("name", "port", "path", "volume", "gpus", "start")},
)
def restore(
    context: Context,  # noqa: ARG001
    targets: Targets,
    file: str,
    name: str = "",
    port: tuple[str, ...] = (),
    path: tuple[str, ...] = (),
    volume: tuple[str, ...] = (),
    gpus: str = "",
    volumes: str = "all",
    overwrite: bool = False,
    start: bool = True,
    dry_run: bool = False,
) -> None:
    """Make a container again from its backup, with the flags that it had, and prove that it runs."""
    from provisioning.containers.backup.changing import Changes, read_paths, read_ports, read_volumes
    from provisioning.containers.choices import container_name
    from provisioning.containers.gpus import wanted
    from provisioning.operations.backup import restoring

    changes = Changes(container_name(name), read_ports(port), read_paths(path), read_volumes(volume))
    words = wanted(gpus) if gpus else ()
    request = restoring.Request(Path(file).expanduser(), changes, words, names(volumes), overwrite, start, dry_run)
    restoring.restore(targets, request)
