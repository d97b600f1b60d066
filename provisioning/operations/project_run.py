"""Run a command in an image on a project, as the person who asked for it, and end with its exit code."""

from __future__ import annotations

import secrets
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from provisioning.containers import gpus, project_run
from provisioning.containers.asking import ask
from provisioning.containers.folders import folders_probe, require_folder
from provisioning.containers.images import image_probe
from provisioning.containers.rendering import run_argv
from provisioning.operations.containers import DockerHost, docker_host, require_image
from provisioning.probes.driver import GPUS
from provisioning.tasks.targets import Targets

ENDING = 10
"""Seconds that a program has to end after Ctrl-C."""


@dataclass(frozen=True)
class Request:
    image: str
    command: tuple[str, ...]
    folder: str
    """'' is the current folder here, the home on another host."""
    gpus: tuple[str, ...]
    host_root: str
    dry_run: bool


def run(targets: Targets, request: Request) -> int:
    """Return the exit code of the command. Raises UsageError before anything is started, ChangeFailed for a pull."""
    folder = request.folder or ("~" if targets.hosts else str(Path.cwd()))
    if not targets.hosts:
        folder = str(Path(folder).expanduser().absolute())
    cache = f"~/{project_run.CACHE}"
    folders, image = folders_probe((folder, cache)), image_probe(request.image)
    asked = (GPUS,) if gpus.needs_report(request.gpus) else ()
    with docker_host(targets, (folders, image, *asked)) as host:
        place = require_folder(host.facts, folders, folder, "--dir", host.name)
        terminal = sys.stdin.isatty() and sys.stdout.isatty()
        wish = project_run.Wish(request.image, request.command, place.path, request.host_root, terminal)
        name = f"gpudock-run-{secrets.token_hex(4)}"
        spec = project_run.spec(wish, host.person, gpus.choose(request.gpus, host.facts, host.name), name)
        argv = run_argv(spec)
        if request.dry_run:
            sys.stdout.write(shlex.join((*host.prefix, *argv)) + "\n")
            return 0
        require_image(host, image, request.image)
        if host.facts[folders][cache].kind == "none":
            ask(host.runner, ("mkdir", "-p", host.facts[folders][cache].path))
        return _attached(host, argv, name, terminal)


def _attached(host: DockerHost, argv: tuple[str, ...], name: str, terminal: bool) -> int:
    try:
        return host.attach(*argv, terminal=terminal)
    except KeyboardInterrupt:
        # Our end of the channel is gone; the container would go on. It gets what a terminal would have sent.
        host.ask("docker", "kill", "--signal=INT", name)
        host.ask("docker", "stop", f"--time={ENDING}", name)
        raise
