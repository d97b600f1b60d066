"""The state that the stand-in's programs share: one file, locked while a program reads and writes it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Share:
    name: str
    path: str
    writable: bool = True
    automount: bool = False
    mount_point: str = ""
    symlinks: str = ""


@dataclass
class Container:
    """One that goes on by itself."""

    id: str
    name: str
    image: str
    labels: dict[str, str]
    address: str
    port: int
    words: list[str]
    """What starts it in the guest's namespaces."""
    process: int = 0
    started: str = ""


@dataclass
class Machine:
    name: str
    uuid: str
    settings_file: str
    state: str = "poweroff"
    since: str = ""
    shares: list[Share] = field(default_factory=list)
    transient: list[Share] = field(default_factory=list)
    extra_data: dict[str, str] = field(default_factory=dict)
    forwards: dict[str, str] = field(default_factory=dict)
    """By name: what VirtualBox calls `name,protocol,host address,host port,guest address,guest port`."""
    boots: int = 0
    runs_at: float = 0.0
    """When `starting` becomes `running`."""
    answers_at: float = 0.0
    """When sshd and dockerd have started."""
    off_at: float = 0.0
    """When an orderly shutdown that was asked for is over; 0 where none was."""
    known_to_docker_machine: bool = True
    network: str = "192.168.99"
    """The host-only network. One of the loopback's has ports that can be reached."""
    containers: list[Container] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The host-only network's DHCP server hands out another one at each boot."""
        return f"{self.network}.{100 + (self.boots - 1) % 100}"


@dataclass
class Faults:
    """What goes wrong; a count goes down by one each time it does."""

    starting_seconds: float = 0.0
    boot_seconds: float = 0.0
    shutdown_seconds: float = 0.0
    shutdown_ignored: bool = False
    locks_refused: int = 0
    """Write locks that are refused: somebody has the machine open."""
    lock_pending: bool = False
    """Refused with the other of the two texts."""
    ssh_refused: int = 0
    quiet_error: str = ""
    """What VBoxManage says after `error:` at its next change, which it does not make; it ends with 0."""
    not_ready: int = 0
    """Changes answered `The object is not ready`, as VirtualBox 5 does now and then."""
    inaccessible: bool = False
    no_guest_additions: bool = False
    stale_certificates: bool = False
    disk_full: bool = False
    start_fails: bool = False


@dataclass
class World:
    place: str
    keeper: int
    """First process of the namespaces in which guests run."""
    version: str
    busybox: str
    drives: str = ""
    """On `Windows`: the folder that has each drive as a folder, `C`, `D`, and `UNC` for servers; '' is a POSIX host."""
    machines: dict[str, Machine] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    images: list[str] = field(default_factory=list)
    writeback_seconds: float = 30.0
    """After so long the guest's kernel writes to disk of itself."""

    @property
    def windows(self) -> bool:
        return bool(self.drives)

    @property
    def raw_paths(self) -> bool:
        """VirtualBox 5 does not escape paths in what machines shall read."""
        return int(self.version.partition(".")[0]) < 7

    def found(self, name: str) -> Machine | None:
        """Return the machine of that name or UUID; one whose settings file has gone has no name."""
        known = {each.uuid: each for each in self.machines.values()}
        byname = {} if self.faults.inaccessible else self.machines
        return byname.get(name) or known.get(name.strip("{}"))


@contextmanager
def opened(file: Path) -> Iterator[World]:
    """Give the state, brought up to the present; write it back at the end."""
    descriptor = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        world = load(file.read_text())
        yield world
        save(file, world)
    finally:
        os.close(descriptor)


def load(text: str) -> World:
    fields: dict[str, Any] = json.loads(text)
    machines = {name: _machine(each) for name, each in fields.pop("machines").items()}
    return World(**{**fields, "machines": machines, "faults": Faults(**fields["faults"])})


def save(file: Path, world: World) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(world), indent=1))
    fresh.replace(file)


def change_state(machine: Machine, state: str) -> None:
    machine.state = state
    machine.since = time.strftime("%Y-%m-%dT%H:%M:%S.000000000", time.gmtime())


def _machine(fields: dict[str, Any]) -> Machine:
    shares = {kind: [Share(**each) for each in fields[kind]] for kind in ("shares", "transient")}
    containers = [Container(**each) for each in fields["containers"]]
    return Machine(**{**fields, **shares, "containers": containers})
