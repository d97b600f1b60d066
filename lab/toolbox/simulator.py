"""Begin the stand-in of Docker Toolbox: a folder for PATH, and the state that tests look at and make faults in."""

from __future__ import annotations

import shlex
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.debian import find_mirror
from lab.lock import locked
from lab.machine import install_programs, make_state, require_machine
from lab.parts import registry_programs
from lab.releases import DEFAULT
from lab.shell import CommandFailed
from lab.toolbox import guest
from lab.toolbox.state import Faults, Machine, World, change_state, opened, save

PROGRAMS = {"VBoxManage": "vboxmanage", "docker-machine": "docker_machine", "docker": "docker"}
IMAGES = ("busybox:latest", "alpine:latest", "tensorflow/tensorflow:latest", "quay.io/jupyter/base-notebook:latest")
NEEDED = {"bindfs": "bindfs"}
VERSION_5 = "5.2.44r139111"
VERSION_7 = "7.2.22_Debianr175245"
ENDS_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Toolbox:
    """A simulated Docker Toolbox. `programs` is the folder for PATH, `place` holds all that is its own."""

    programs: Path
    place: Path

    def state(self) -> AbstractContextManager[World]:
        """Give the state to read or to change; what is changed is written at the end."""
        return opened(self.place / "state.json")

    def faults(self, **wanted: bool | float | str) -> None:
        """Set faults by the names of `Faults`; the others stay."""
        with self.state() as world:
            world.faults = Faults(**{**vars(world.faults), **wanted})

    def machine(self, name: str = "default") -> Machine:
        """Return the machine as it is now."""
        with self.state() as world:
            return world.machines[name]

    def fill_disk(self, name: str = "default") -> None:
        """Leave no room on the disk of the running guest."""
        self.faults(disk_full=True)
        self.in_guest("dd if=/dev/zero of=/var/lib/boot2docker/filled bs=1k 2>/dev/null || :", name)

    def in_guest(self, script: str, name: str = "default") -> str:
        """Run a script as root in the guest, and return what it printed. Raises CommandFailed."""
        with self.state() as world:
            pass
        chroot = ("chroot", str(guest.root(world, name)), *guest.in_home("/root"), "sh", "-c", script)
        done = subprocess.run(
            guest.inside(world, *chroot), env=guest.environment("/root"), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CommandFailed(f"In the guest `{script}` ended with {done.returncode}: {done.stderr}")
        return done.stdout


def prepare(say: Callable[[str], None]) -> Path:
    """Make what simulators need, and return the busybox of their guests. Raises LabUnavailable."""
    require_machine()
    with locked(say):
        make_state()
        install_programs(say, NEEDED)
        programs = registry_programs(find_mirror(None, say), DEFAULT, say)
    return next(path for path in (programs / "usr/bin/busybox", programs / "bin/busybox") if path.exists())


@contextmanager
def simulator(
    busybox: Path, place: Path, *, version: str = VERSION_7, drives: Path | None = None, network: str = "192.168.99"
) -> Iterator[Toolbox]:
    """Give a Docker Toolbox in `place` with one machine `default`, powered off.

    With `drives`, a folder that has a folder for each drive, it answers as on Windows. Of a `network` of the loopback's
    the ports that containers publish can be reached.
    """
    unshare = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    argv = (*unshare, "sh", "-c", "echo ready && read -r _")
    place.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        try:
            yield _furnish(
                place, World(str(place), _first_process(keeper), version, str(busybox), str(drives or "")), network
            )
        finally:
            keeper.communicate(timeout=ENDS_WITHIN)


def _first_process(keeper: subprocess.Popen[bytes]) -> int:
    if keeper.stdout is None or keeper.stdout.readline() != b"ready\n":
        raise CommandFailed("The simulator could not make its namespaces.")
    [child] = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
    return int(child)


def _furnish(place: Path, world: World, network: str) -> Toolbox:
    programs = place / "bin"
    programs.mkdir(exist_ok=True)
    world.images = list(IMAGES)
    machine = Machine("default", str(uuid.uuid4()), f"{place}/VirtualBox VMs/default/default.vbox", network=network)
    change_state(machine, "poweroff")
    world.machines["default"] = machine
    save(place / "state.json", world)
    for name, module in PROGRAMS.items():
        words = (sys.executable, "-I", "-S", guest.START, module, place / "state.json")
        script = f'#!/bin/sh\n# A stand-in: no part of VirtualBox or Docker.\nexec {shlex.join(map(str, words))} "$@"\n'
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    return Toolbox(programs, place)
