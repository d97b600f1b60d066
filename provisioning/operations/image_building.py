"""Build an image on a host from a folder here, with the git commit that it was built from as a label."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from provisioning.containers import archive
from provisioning.containers.asking import ask
from provisioning.containers.images import require_image_name
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations import build_context
from provisioning.operations.containers import DockerHost, docker_host, inspected, show_progress
from provisioning.operations.image_checking import require_no_secrets
from provisioning.operations.showing import console
from provisioning.operations.streaming import give
from provisioning.runners import connect
from provisioning.tasks.targets import Targets

REVISION = "org.opencontainers.image.revision"
"""The commit's label by the OCI image specification."""


@dataclass(frozen=True)
class Request:
    folder: str
    tag: str
    """'' is the folder's name and the commit."""
    dockerfile: str
    arguments: tuple[str, ...]
    check: bool
    dry_run: bool


@dataclass(frozen=True)
class Commit:
    """What is checked out. '' where nothing is, and why."""

    name: str
    dirty: bool = False
    missing: str = ""

    @property
    def text(self) -> str:
        return f"{self.name}{'-dirty' if self.dirty else ''}"

    @property
    def tag(self) -> str:
        return f"{self.name[:12]}{'-dirty' if self.dirty else ''}" if self.name else "latest"


def build(targets: Targets, request: Request) -> None:
    """Build it. Raises UsageError before anything is sent, ChangeFailed where a step failed or a secret shows."""
    folder = Path(request.folder).expanduser().resolve()
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", "Name the one that has the Dockerfile.")
    ignored = build_context.rules(folder, request.dockerfile)
    commit = commit_of(targets, folder)
    name = request.tag or f"{archive.file_name(folder.name, '').lower() or 'image'}:{commit.tag}"
    with docker_host(targets) as host:
        argv = (*host.prefix, *_docker_build(request, require_image_name(name), commit))
        if request.dry_run:
            sys.stdout.write(f"{shlex.join(argv)} <TAR OF {shlex.quote(str(folder))}\n")
            return
        _tell(commit)
        answer = give(host.runner.start(argv), build_context.packed(folder, ignored), show_progress)
        if answer.code:
            raise ChangeFailed(f"{host.name}: {name} was not built: {answer.last}", "The lines above say where.")
        _show(host, name, check=request.check)


def _show(host: DockerHost, name: str, *, check: bool) -> None:
    image = inspected(host, name)
    if image is None:
        raise ChangeFailed(f"{host.name}: {name} was built, and is gone again.", "Build it again.")
    if check:
        require_no_secrets(host, name, image)
    console().print(f"{host.name}: {name}\n  {image.id}", markup=False)


def _docker_build(request: Request, name: str, commit: Commit) -> tuple[str, ...]:
    label = (f"--label={REVISION}={commit.text}",) if commit.name else ()
    arguments = (f"--build-arg={each}" for each in request.arguments)
    return ("docker", "build", f"--tag={name}", *label, *arguments, f"--file={request.dockerfile}", "-")


def commit_of(targets: Targets, folder: Path) -> Commit:
    """Return what git says of the folder on this machine."""
    runner = connect(None, targets.access)
    head = ask(runner, ("git", "-C", str(folder), "rev-parse", "HEAD"))
    if head.code:
        return Commit("", missing=head.last)
    changes = ask(runner, ("git", "-C", str(folder), "status", "--porcelain", "--", "."))
    return Commit(head.output.strip(), dirty=bool(changes.output.strip() or changes.code))


def _tell(commit: Commit) -> None:
    out = console(stderr=True)
    if not commit.name:
        out.print(f"No commit is recorded: {commit.missing}", markup=False)
    elif commit.dirty:
        out.print(f"The folder has changes that commit {commit.name[:12]} has not: recorded as dirty.", markup=False)
