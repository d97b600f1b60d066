"""Run a command in an image on a project, as the person who asked for it, and end with its exit code."""

from __future__ import annotations

import secrets
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from provisioning.containers import gpus, project_run
from provisioning.containers.asking import ask
from provisioning.containers.exit_codes import meaning
from provisioning.containers.folders import folders_probe, require_folder
from provisioning.containers.images import image_probe
from provisioning.containers.rendering import run_argv
from provisioning.containers.spec import ContainerSpec
from provisioning.errors import Unreachable
from provisioning.operations.containers import DockerHost, docker_host, require_image, warn
from provisioning.probes.driver import GPUS
from provisioning.runners.told_to_end import when_told_to_end
from provisioning.tasks.targets import Targets

_NOBODY_READS = 141
"""How docker itself ends on this machine when whoever read its output has gone; the container does not."""


@dataclass(frozen=True)
class Request:
    image: str
    command: tuple[str, ...]
    folder: str
    """'' is the current folder here, the home on another host."""
    gpus: tuple[str, ...]
    host_root: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    shm: int = 0
    dry_run: bool = False


def run(targets: Targets, request: Request) -> int:
    """Return the exit code of the command. Raises UsageError before anything is started, ChangeFailed for a pull."""
    folder = folder_there(targets, request.folder)
    cache = f"~/{project_run.CACHE}"
    folders, image = folders_probe((folder, cache)), image_probe(request.image)
    asked = (GPUS,) if gpus.needs_report(request.gpus) else ()
    with docker_host(targets, (folders, image, *asked)) as host:
        place = require_folder(host.facts, folders, folder, "--dir", host.name)
        wish = _wish(request, place.path)
        name = f"gpudock-run-{secrets.token_hex(4)}"
        spec = project_run.spec(wish, host.person, gpus.choose(request.gpus, host.facts, host.name), name)
        warn(host, project_run.warnings(wish, place, host.person.home))
        if request.dry_run:
            return show(host, spec)
        require_image(host, image, request.image)
        if host.facts[folders][cache].kind == "none":
            ask(host.runner, ("mkdir", "-p", host.facts[folders][cache].path))
        return _attached(host, spec)


def folder_there(targets: Targets, folder: str) -> str:
    """Return the folder to ask the host for: '' is the current one on this machine, the home on another.

    The VM of Docker Toolbox has folders of this machine. Raises UsageError for one that is not shared with it.
    """
    if targets.vm:
        from provisioning.operations.toolbox.listing import translated  # slow: rich
        from provisioning.operations.toolbox.workplace import this_workplace

        return translated(this_workplace(), targets.vm, folder or ".", "docker", settle=False)
    if targets.hosts:
        return folder or "~"
    return str(Path(folder or Path.cwd()).expanduser().absolute())


def show(host: DockerHost, spec: ContainerSpec) -> int:
    """Print the command as a shell takes it."""
    sys.stdout.write(shlex.join((*host.prefix, *run_argv(spec))) + "\n")
    return 0


def _wish(request: Request, folder: str) -> project_run.Wish:
    return project_run.Wish(
        request.image,
        request.command,
        folder,
        request.host_root,
        terminal=sys.stdin.isatty() and sys.stdout.isatty(),
        environment=request.environment,
        shm=request.shm,
    )


def _attached(host: DockerHost, spec: ContainerSpec) -> int:
    def interrupted() -> None:
        host.ask("docker", "kill", "--signal=INT", spec.name)

    def remove() -> None:
        host.ask("docker", "rm", "--force", spec.name)

    def told_to_end() -> None:
        remove()
        sys.stderr.write("\ntold to end; the container is removed\n")

    try:
        with when_told_to_end(told_to_end):
            code = host.attach(*run_argv(spec), terminal=spec.terminal, interrupted=interrupted)
    except KeyboardInterrupt as again:
        # Our end of the channel is gone; the container would go on.
        remove()
        raise KeyboardInterrupt("the container is removed") from again
    except Unreachable as broken:
        raise Unreachable(broken.message, _how_to_remove(host, spec.name)) from broken
    except OSError:  # nobody reads what it says any more, or there is no room for it: it would go on for ever
        remove()
        raise
    if code == _NOBODY_READS:
        remove()
    if sentence := meaning(code, spec.image, spec.command):
        sys.stderr.write(f"{host.name}: {sentence}\n")
    return code


def _how_to_remove(host: DockerHost, name: str) -> str:
    there = f" --host {host.name}" if host.name != "localhost" else ""
    return f"What began goes on there as {name}. Remove it: ./gpudock containers.rm {name} --force{there}"
