"""The stand-in's docker: a client whose engine is in the guest; `run` is a shell in a root of its own there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.toolbox import guest, vbox_power
from lab.toolbox.state import Machine, World, opened

UNREACHABLE = (
    "error during connect: Get https://{}/v1.40/{}: dial tcp {}: connectex: no answer within the time given.\n"
)
NO_HOST = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"
CONTAINER = Path(__file__).with_name("container.sh")
VALUED = ("--name", "-w", "--workdir", "-e", "--env", "-p", "--publish", "-u", "--user", "--entrypoint", "--mount")


class Failed(Exception):
    """docker ends with `code` after this text on standard error."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass
class Run:
    volumes: list[str] = field(default_factory=list)
    image: str = ""
    command: list[str] = field(default_factory=list)


def main(state: Path, argv: Sequence[str]) -> int:
    """Answer `docker version`, `docker --version`, `docker run` and `docker ps`."""
    verb = argv[0] if argv else ""
    if verb in ("--version", "-v"):
        sys.stdout.write("Docker version 19.03.12, build 48a66213fe (stand-in)\n")
        return 0
    try:
        world, machine = _engine(state, verb)
        if verb == "run":
            return _run(world, machine, _read(argv[1:]))
        sys.stdout.write(_ANSWERS[verb])
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


def _read(words: Sequence[str]) -> Run:
    run, rest = Run(), iter(words)
    for word in rest:
        name, given, value = word.partition("=")
        if run.image:
            run.command.append(word)
        elif name in ("-v", "--volume"):
            run.volumes.append(value if given else next(rest))
        elif name in VALUED and not given:
            next(rest)
        elif not word.startswith("-"):
            run.image = word
    return run


def _run(world: World, machine: Machine, run: Run) -> int:
    image = run.image if ":" in run.image else f"{run.image}:latest"
    if image not in world.images:
        reason = f"pull access denied for {run.image}, repository does not exist or may require 'docker login'"
        refusal = f"docker: Error response from daemon: {reason}: denied: requested access to the resource is denied."
        raise Failed(125, f"Unable to find image '{image}' locally\n{refusal}\nSee 'docker run --help'.\n")
    if world.faults.disk_full:
        _refuse("mkdir /var/lib/docker/overlay2/0f3c-init: no space left on device")
    root = guest.root(world, machine.name)
    container = root / ".containers" / str(os.getpid())
    mounts = [word for volume in run.volumes for word in _mount(volume)]
    argv = ["unshare", "--mount", "sh", str(CONTAINER), str(root), str(container)]
    argv += [str(len(mounts)), *mounts, *(run.command or ["true"])]
    return subprocess.run(guest.inside(world, *argv), env=guest.environment("/root"), check=False).returncode


def _mount(volume: str) -> tuple[str, str, str]:
    """Return source, target and mode of `SOURCE:TARGET[:MODE]`. Raises Failed as the engine refuses it."""
    parts = volume.split(":")
    mode = parts[2] if len(parts) == 3 else "rw"
    if len(parts) not in (2, 3) or not parts[1].startswith("/"):
        _refuse(f"invalid volume specification: '{volume}'")
    if mode.split(",")[0] not in ("rw", "ro", "z", "Z"):
        _refuse(f"invalid mode: {mode}")
    if not parts[0].startswith("/"):
        what = 'includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed'
        _refuse(f'create {parts[0]}: "{parts[0]}" {what}. If you intended to pass a host directory, use absolute path')
    return parts[0], parts[1], mode


def _refuse(reason: str) -> None:
    raise Failed(125, f"docker: Error response from daemon: {reason}.\nSee 'docker run --help'.\n")


_ANSWERS = {
    "version": "Client: Docker Engine - Community (stand-in)\n Version:           19.03.12\n\n"
    "Server: Docker Engine - Community (stand-in)\n Engine:\n  Version:          19.03.12\n",
    "ps": "CONTAINER ID        IMAGE               COMMAND             CREATED             STATUS              PORTS"
    "               NAMES\n",
}
