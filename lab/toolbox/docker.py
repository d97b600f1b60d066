"""The stand-in's docker: a client whose engine is in the guest; `run` is a shell in a root of its own there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.toolbox import docker_answers, docker_containers, docker_words, guest, vbox_power
from lab.toolbox.docker_words import Failed, Mount, Run, refuse
from lab.toolbox.state import Machine, World, opened

UNREACHABLE = (
    "error during connect: Get https://{}/v1.40/{}: dial tcp {}: connectex: no answer within the time given.\n"
)
NO_HOST = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
CONTAINER = Path(__file__).with_name("container.sh")


def main(state: Path, argv: Sequence[str]) -> int:
    """Answer `docker version`, `docker --version`, `docker run` and questions."""
    verb = argv[0] if argv else ""
    if verb in ("--version", "-v"):
        sys.stdout.write("Docker version 19.03.12, build 48a66213fe (stand-in)\n")
        return 0
    try:
        world, machine = _engine(state, verb)
        if verb == "run":
            return _run(state, world, machine, docker_words.read(argv[1:]))
        if verb in ("stop", "start", "rm", "rename", "logs"):
            with opened(state) as fresh:
                sys.stdout.write(docker_containers.act(fresh, fresh.machines[machine.name], argv))
        else:
            sys.stdout.write(docker_answers.answer(world, machine, argv))
    except Failed as failure:
        sys.stderr.write(failure.text)
        return failure.code
    return 0


def _engine(state: Path, verb: str) -> tuple[World, Machine]:
    """Return the machine that DOCKER_HOST leads to: its address of this boot."""
    with opened(state) as world:
        vbox_power.settle(world)
    host = os.environ.get("DOCKER_HOST", "").removeprefix("tcp://")
    if not host:
        raise Failed(125 if verb == "run" else 1, NO_HOST)
    machine = next((each for each in world.machines.values() if host == f"{each.address}:2376"), None)
    if machine is None or not guest.answers(machine):
        raise Failed(125 if verb == "run" else 1, UNREACHABLE.format(host, verb, host))
    return world, machine


def _run(state: Path, world: World, machine: Machine, run: Run) -> int:
    if not docker_answers.has(world, run.image):
        reason = f"pull access denied for {run.image}, repository does not exist or may require 'docker login'"
        refusal = f"docker: Error response from daemon: {reason}: denied: requested access to the resource is denied."
        raise Failed(125, f"Unable to find image '{run.image}' locally\n{refusal}\nSee 'docker run --help'.\n")
    if world.faults.disk_full:
        refuse("mkdir /var/lib/docker/overlay2/0f3c-init: no space left on device")
    root = guest.root(world, machine.name)
    mounts = [word for mount in run.mounts for word in _words(world, root, mount)]
    command = [*filter(None, [run.entrypoint]), *run.command] or ["true"]
    argv = ["unshare", "--mount", "sh", str(CONTAINER), str(root), str(root / ".containers" / str(os.getpid()))]
    argv += [run.user, run.workdir, str(len(mounts)), *mounts, "env", *run.environment, *command]
    if run.detached:
        with opened(state) as fresh:
            sys.stdout.write(docker_containers.begin(fresh, fresh.machines[machine.name], run, argv) + "\n")
        return 0
    return subprocess.run(guest.inside(world, *argv), env=guest.environment("/root"), check=False).returncode


def _words(world: World, root: Path, mount: Mount) -> tuple[str, str, str]:
    """Return source, target and mode, a tmpfs without a source. Raises Failed as the engine refuses it."""
    if mount.kind == "bind":
        seen = guest.inside(world, "test", "-e", f"{root}{mount.source}")
        if subprocess.run(seen, check=False).returncode:
            refuse(f'invalid mount config for type "bind": bind source path does not exist: {mount.source}')
    return mount.source, mount.target, mount.mode
