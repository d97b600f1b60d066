"""The guest as the host's programs reach it: in the namespaces of the simulator's keeper, below a root of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.toolbox.state import Machine, World

START = Path(__file__).with_name("start.py")
HAS_CONSOLE = ("running", "paused")
PATH = "/usr/local/sbin:/usr/local/bin:/sbin:/usr/sbin:/bin:/usr/bin"
DOCKER_USER = "1000:50"
"""boot2docker's user `docker` and its group `staff`."""
DOCKER_GROUP = 101


def root(world: World, name: str) -> Path:
    return Path(world.place) / "guests" / name / "root"


def disk(world: World, name: str) -> Path:
    """Return what survives a reboot: the guest's /var/lib/boot2docker."""
    return Path(world.place) / "guests" / name / "disk"


def state_file(world: World) -> Path:
    return Path(world.place) / "state.json"


def answers(machine: Machine) -> bool:
    """Tell whether sshd and dockerd of the guest have started."""
    return machine.state == "running" and time.time() >= machine.answers_at


def inside(world: World, *argv: str) -> list[str]:
    """Return the argv that runs one in the guest's namespaces, with the host's files."""
    return ["nsenter", "--target", str(world.keeper), "--mount", "--pid", *argv]


def program(world: World, name: str, *argv: str) -> list[str]:
    """Return the argv of one of the stand-in's own programs."""
    return [sys.executable, "-I", "-S", str(START), name, str(state_file(world)), *argv]


def act(world: World, *argv: str) -> None:
    """Boot or end the guest."""
    subprocess.run(inside(world, *program(world, *argv)), check=True, stdin=subprocess.DEVNULL)


def shell(world: World, name: str, script: str | None, user: str = DOCKER_USER) -> int:
    """Run a script (none is a person's session) in the guest on this process's own streams; return its exit code."""
    home = "/home/docker" if user == DOCKER_USER else "/root"
    login = ("sh", "-l") if script is None else ("sh", "-c", script)
    groups = DOCKER_GROUP if user == DOCKER_USER else ""
    # The directory is the guest's: that of the host does not exist there.
    inner = ("chroot", f"--userspec={user}", f"--groups={groups}", str(root(world, name)), *in_home(home), *login)
    return subprocess.run(inside(world, *inner), env=environment(home), check=False).returncode


def in_home(home: str) -> Sequence[str]:
    return ("/bin/sh", "-c", 'cd "$0" && exec "$@"', home)


def environment(home: str) -> dict[str, str]:
    """Return what a process of the guest finds: nothing of the host's but where its programs are."""
    host = os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    return {"PATH": f"{PATH}:{host}", "HOME": home, "USER": Path(home).name, "LC_ALL": "C.UTF-8"}
