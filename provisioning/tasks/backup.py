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
