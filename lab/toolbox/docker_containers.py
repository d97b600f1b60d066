"""The stand-in's containers that go on: started in the guest, told of, ended."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.toolbox import guest
from lab.toolbox.docker_words import Failed, Run, refuse
from lab.toolbox.state import Container, Machine, World


def port_of(run: Run, machine: Machine) -> tuple[str, int]:
    """Return where the container's port is published. Raises Failed for an address that is not the VM's."""
    address, _, rest = run.publish.partition(":")
    wanted = int(rest.partition(":")[0] or 0)
    require_address(address, wanted, machine)
    with socket.socket() as free:
        free.bind((address, wanted))
        return address, int(free.getsockname()[1])


def require_address(address: str, port: int, machine: Machine) -> None:
    """Raise Failed for an address that the VM has not now."""
    if address != machine.address:
        refuse(f"driver failed: listen tcp4 {address}:{port}: bind: cannot assign requested address")


def begin(world: World, machine: Machine, run: Run, words: Sequence[str]) -> str:
    """Start `words` in the guest, keep what is told of it, and return its id."""
    if any(each.name == run.name for each in machine.containers):
        refuse(f'Conflict. The container name "/{run.name}" is already in use')
    address, port = port_of(run, machine)
    one = Container(secrets.token_hex(32), run.name, run.image, dict(run.labels), address, port, list(words))
    _start(world, one)
    machine.containers.append(one)
    return one.id


def _start(world: World, one: Container) -> None:
    server = guest.program(world, "served", one.address, str(one.port))
    argv = guest.inside(world, "env", f"SERVER={' '.join(server)}", *one.words)
    with _log(world, one).open("ab") as log:
        fcntl.flock(log, fcntl.LOCK_EX)  # held by whoever writes there: tells that it lives
        one.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        ).pid
    one.started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def act(world: World, machine: Machine, argv: Sequence[str]) -> str:
    """Do `stop`, `start`, `rm`, `rename`, `logs`; return what is printed. Raises Failed."""
    if argv[0] == "rename":
        found(machine, argv[1]).name = argv[2]
        return ""
    one = found(machine, argv[-1])
    if argv[0] == "logs":
        return _log(world, one).read_text()
    if argv[0] == "start":
        require_address(one.address, one.port, machine)
        _start(world, one)
    else:
        _end(one)
    if argv[0] == "rm":
        machine.containers.remove(one)
    return f"{argv[-1]}\n"


def found(machine: Machine, name: str) -> Container:
    """Return the container of that name or id. Raises Failed."""
    for one in machine.containers:
        if name in (one.name, one.id):
            return one
    raise Failed(1, f"Error: No such container: {name}\n")


def document(world: World, one: Container) -> dict[str, Any]:
    """Return what `docker inspect` tells of it."""
    runs = lives(world, one)
    ports = {"8888/tcp": [{"HostIp": one.address, "HostPort": str(one.port)}]} if runs else {}
    state = {
        "Status": "running" if runs else "exited",
        "ExitCode": 0,
        "StartedAt": one.started,
        "FinishedAt": "" if runs else one.started,
    }
    return {
        "Id": one.id,
        "Name": f"/{one.name}",
        "Created": one.started,
        "State": state,
        "Config": {"Image": one.image, "Labels": one.labels},
        "HostConfig": {"NetworkMode": "default"},
        "NetworkSettings": {"Ports": ports},
    }


def lives(world: World, one: Container) -> bool:
    """Tell whether it runs, from the guest too, where its process has no number."""
    with _log(world, one).open("rb") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _children(one: Container) -> list[int]:
    """Return the process that went into the guest: nsenter's child, gone with it."""
    try:
        return [int(pid) for pid in Path(f"/proc/{one.process}/task/{one.process}/children").read_text().split()]
    except OSError:
        return []


def _end(one: Container) -> None:
    for process in _children(one):
        os.kill(process, signal.SIGKILL)
    while _children(one):
        time.sleep(0.02)


def _log(world: World, one: Container) -> Path:
    return Path(world.place) / f"{one.id}.log"
