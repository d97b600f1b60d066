"""The stand-in's docker-machine, 0.16: texts as recorded from the real one, or as its source has them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.toolbox import guest, machine_env, vbox_power
from lab.toolbox.state import Machine, World, opened

STATES = {
    "poweroff": "Stopped",
    "aborted": "Stopped",
    "running": "Running",
    "starting": "Starting",
    "paused": "Paused",
    "saved": "Saved",
}
BOOTS_WITHIN = 180.0
STOP_POLL = 0.1


class Failed(Exception):
    """docker-machine ends with 1 after this sentence on standard error, whatever it was."""


def main(state: Path, argv: Sequence[str]) -> int:
    """Answer as docker-machine does."""
    verb, words = (argv[0], list(argv[1:])) if argv else ("help", [])
    if verb in ("--version", "-v"):
        sys.stdout.write("docker-machine version 0.16.2, build bd45ab13 (stand-in)\n")
        return 0
    try:
        return _VERBS[verb](state, words)
    except Failed as failure:
        sys.stdout.flush()
        sys.stderr.write(f"{failure}\n")
        return 1


def _ls(state: Path, _: Sequence[str]) -> int:
    with opened(state) as world:
        vbox_power.settle(world)
        rows = [_row(world, each) for each in world.machines.values() if each.known_to_docker_machine]
    head = ("NAME", "ACTIVE", "DRIVER", "STATE", "URL", "SWARM", "DOCKER", "ERRORS")
    widths = [max(len(row[column]) for row in (head, *rows)) + 3 for column in range(7)]
    for row in (head, *rows):
        sys.stdout.write("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[7] + "\n")
    return 0


def _row(world: World, machine: Machine) -> tuple[str, ...]:
    if world.faults.inaccessible:
        return (machine.name, "-", "virtualbox", "Error", "", "", "Unknown", "machine does not exist")
    up = guest.answers(machine)
    url, docker = (f"tcp://{machine.address}:2376", "v19.03.12") if up else ("", "Unknown")
    return (machine.name, "-", "virtualbox", STATES.get(machine.state, "Error"), url, "", docker, "")


def _status(state: Path, words: Sequence[str]) -> int:
    _, machine = _machine(state, words)
    sys.stdout.write(f"{STATES.get(machine.state, 'Error')}\n")
    return 0


def _ip(state: Path, words: Sequence[str]) -> int:
    _, machine = _machine(state, words)
    if machine.state != "running":
        raise Failed("Error getting IP address: Host is not running")
    if not _ssh_answers(state, machine):
        told = "ssh command error:\ncommand : ip addr show\nerr     : exit status 255\noutput  : "
        raise Failed(f"Error getting IP address: {told}")
    sys.stdout.write(f"{machine.address}\n")
    return 0


def _url(state: Path, words: Sequence[str]) -> int:
    _, machine = _machine(state, words)
    if machine.state != "running":
        raise Failed("Host is not running")
    sys.stdout.write(f"tcp://{machine.address}:2376\n")
    return 0


def _env(state: Path, words: list[str]) -> int:
    shell = machine_env.take_shell(words)
    world, machine = _machine(state, words)
    if machine.state != "running":
        raise Failed("Error checking TLS connection: Host is not running")
    if world.faults.stale_certificates or not _ssh_answers(state, machine):
        raise Failed(machine_env.bad_certificates(machine))
    sys.stdout.write(machine_env.rendered(world, machine, shell))
    return 0


def _ssh(state: Path, words: Sequence[str]) -> int:
    world, machine = _machine(state, words[:1])
    if machine.state != "running":
        raise Failed(f'Error: Cannot run SSH command: Host "{machine.name}" is not running')
    if not _ssh_answers(state, machine):
        raise Failed("exit status 255")
    # Joined by blanks, and read again there: quotes that the caller's shell took away are gone.
    code = guest.shell(world, machine.name, " ".join(words[1:]) or None)
    if code:
        raise Failed(f"exit status {code}")
    return 0


def _ssh_answers(state: Path, machine: Machine) -> bool:
    with opened(state) as world:
        if world.faults.ssh_refused:
            world.faults.ssh_refused -= 1
            return False
    return guest.answers(machine)


def _start(state: Path, words: Sequence[str]) -> int:
    _, machine = _machine(state, words)
    name = machine.name
    sys.stdout.write(f'Starting "{name}"...\n')
    if machine.state == "running":
        raise Failed(f'Machine "{name}" is already running.')
    sys.stdout.write(f"({name}) Check network to re-create if needed...\n({name}) Waiting for an IP...\n")
    with opened(state) as world:
        if world.faults.start_fails:
            raise Failed("Unable to start the VM: VBoxManage startvm failed. Details: 00:00:01 Power up failed")
        fresh = world.machines[name].state != "saved"
        vbox_power.mark_started(world, world.machines[name])
    if fresh:
        guest.act(world, "boot", name)
    deadline = time.time() + BOOTS_WITHIN
    while not _ssh_answers(state, _machine(state, [name])[1]) and time.time() < deadline:
        time.sleep(STOP_POLL)
    sys.stdout.write(
        f'Machine "{name}" was started.\nWaiting for SSH to be available...\nDetecting the provisioner...\n'
    )
    again = "You may need to re-run the `docker-machine env` command."
    sys.stdout.write(f"Started machines may have new IP addresses. {again}\n")
    return 0


def _stop(state: Path, words: Sequence[str]) -> int:
    """It waits without end for a guest that does not listen."""
    _, machine = _machine(state, words)
    sys.stdout.write(f'Stopping "{machine.name}"...\n')
    if machine.state != "running":
        raise Failed(f'Machine "{machine.name}" is already stopped.')
    with opened(state) as world:
        vbox_power.control(world, [machine.name, "acpipowerbutton"])
    while _machine(state, [machine.name])[1].state != "poweroff":
        time.sleep(STOP_POLL)
    sys.stdout.write(f'Machine "{machine.name}" was stopped.\n')
    return 0


def _restart(state: Path, words: Sequence[str]) -> int:
    return _stop(state, words) or _start(state, words)


def _inspect(state: Path, words: Sequence[str]) -> int:
    asked = ""
    words = list(words)
    for flag in ("--format", "-f"):
        if flag in words:
            place = words.index(flag)
            asked = words[place + 1]
            del words[place : place + 2]
    world, machine = _machine(state, words)
    told = machine_env.inspected(world, machine)
    sys.stdout.write((machine_env.formatted(told, asked) if asked else json.dumps(told, indent=4)) + "\n")
    return 0


def _regenerate(state: Path, _: Sequence[str]) -> int:
    with opened(state) as world:
        world.faults.stale_certificates = False
    sys.stdout.write("Regenerating TLS certificates\nWaiting for SSH to be available...\n")
    return 0


def _machine(state: Path, words: Sequence[str]) -> tuple[World, Machine]:
    name = next((word for word in words if not word.startswith("-")), "default")
    with opened(state) as world:
        vbox_power.settle(world)
    machine = world.machines.get(name)
    if machine is None or not machine.known_to_docker_machine:
        ways = 'Use "docker-machine ls" to list machines. Use "docker-machine create" to add a new one.'
        raise Failed(f'Docker machine "{name}" does not exist. {ways}')
    if world.faults.inaccessible:
        raise Failed(f"error getting state for host {name}: machine does not exist")
    return world, machine


_VERBS = {
    "ls": _ls,
    "status": _status,
    "ip": _ip,
    "url": _url,
    "env": _env,
    "ssh": _ssh,
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "inspect": _inspect,
    "regenerate-certs": _regenerate,
}
