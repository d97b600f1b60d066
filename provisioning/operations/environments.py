"""Write down what is installed in a container, and install it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from provisioning.containers.environments import KEEP, KEEPERS, LOOK, choose, choose_by_file, packages_in
from provisioning.containers.folders import folders_probe
from provisioning.containers.workspace import PROJECT, WORKSPACE
from provisioning.engine import gather
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.containers import DockerHost
from provisioning.operations.service import require, service_host
from provisioning.operations.tunnel import say
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Place:
    """A container that runs, and its project."""

    host: DockerHost
    id: str
    name: str
    project: str
    """On the host."""
    programs: tuple[str, ...]
    """Which of the keepers it has."""


def save(targets: Targets, name: str, word: str) -> int:
    """Write the packages of the workspace into its project, as the login user's file. Raises ChangeFailed."""
    with _place(targets, name) as place:
        keeper = choose(word, place.programs, place.name)
        said = place.host.ask("docker", "exec", place.id, *keeper.save)
        if said.code or not said.output.strip():
            raise ChangeFailed(f"{place.host.name}: `{shlex.join(keeper.save)}` failed in {place.name}: {said.last}")
        path = f"{place.project}/{keeper.file}"
        kept = place.host.ask_program("sh", "-c", KEEP, "sh", path, given=said.output.encode())
        if kept.code:
            raise ChangeFailed(
                f"{place.host.name}: {path} cannot be written: {kept.last}", "It is as it was. Is the folder yours?"
            )
        say(f"{place.host.name}: {packages_in(said.output)} packages of {place.name} are in {path}")
        return 0


def restore(targets: Targets, name: str, word: str) -> int:
    """Install what the project's file names, before the person's eyes; return the exit code of conda or pip."""
    with _place(targets, name) as place:
        probe = folders_probe([f"{place.project}/{keeper.file}" for keeper in KEEPERS])
        found = gather(place.host.runner, (probe,))[probe].values()
        files = [each.path.rpartition("/")[2] for each in found if each.kind == "file"]
        keeper = choose_by_file(word, place.programs, files, place.name)
        argv = (*keeper.restore, f"{PROJECT}/{keeper.file}")
        # From the project, so that a line there may name a file beside it.
        return place.host.attach("docker", "exec", f"--workdir={PROJECT}", place.id, *argv)


@contextmanager
def _place(targets: Targets, name: str) -> Iterator[Place]:
    with service_host(targets, WORKSPACE, name) as (_, host, container_name):
        container = require(host, container_name, WORKSPACE)
        if container.state != "running":
            raise UsageError(
                f"{host.name}: {container.name} does not run ({container.state}).",
                f"Start it: {WORKSPACE.task('up', host.name)}",
            )
        mounts = json.loads(host.ask("docker", "inspect", "--format={{json .Mounts}}", container.id).output)
        [project] = [mount["Source"] for mount in mounts if mount["Destination"] == PROJECT]
        programs = host.ask("docker", "exec", container.id, "sh", "-c", LOOK).output.split()
        yield Place(host, container.id, container.name, project, tuple(programs))
