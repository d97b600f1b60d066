"""Drive the product as a person does, by its command line, and look at hosts by plain ssh, past the product."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lab
from lab import Endpoints, Host
from provisioning.tasks.lab import provisioning_options

ROOT = Path(__file__).parents[2]
DAEMON_JSON = "/etc/docker/daemon.json"
PACKAGES = "docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin"

# Everything that provisioning could touch: kinds, modes, owners, times, sizes and content; and when services started.
_MANIFEST = """
cd /
find etc usr var/lib/dpkg var/lib/apt var/lib/gpudock -xdev -printf '%y %m %u:%g %T@ %s /%p %l\\n' 2>/dev/null
find etc usr var/lib/dpkg var/lib/gpudock -xdev -type f -print0 2>/dev/null | xargs -0 -P 2 -n 500 sha256sum
for unit in docker.service docker.socket containerd.service nvidia-cdi-refresh.service; do
  echo "$unit" $(TZ=UTC systemctl show -p ActiveState,UnitFileState,ExecMainStartTimestamp "$unit")
done
find /tmp /run /dev/shm -maxdepth 1 -name '*gpudock*'
"""


@dataclass(frozen=True)
class Said:
    """How a command of the product ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Gpudock:
    """The command line, told of the lab's hosts and package sources as `lab.up` tells a person."""

    endpoints: Endpoints

    def argv(self, task: str, login: str, *options: str) -> tuple[str, ...]:
        """Return the whole command line. `login`: USER@NAME."""
        way = ("--ssh-config", str(lab.ssh_config()))
        reach = tuple(provisioning_options(self.endpoints)) if task in {"provision", "plan"} else way
        return (sys.executable, str(ROOT / "tasks.py"), task, login, *reach, *options)

    def run(self, task: str, login: str, *options: str) -> Said:
        """Run it to its end, without a terminal."""
        with self.running(task, login, *options) as process:
            return ended(process)

    @contextmanager
    def running(self, task: str, login: str, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Start it, to look at the host meanwhile; `ended` waits. Killed when a test fails before."""
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        with subprocess.Popen(self.argv(task, login, *options), env=environment, **_PIPES) as process:
            try:
                yield process
            finally:
                process.kill()

    def findings(self, login: str, *options: str) -> dict[str, dict[str, str]]:
        """Return what `verify --json` finds, by check."""
        [host] = self.run("verify", login, "--json", *options).json["hosts"]
        return {finding["check"]: finding for finding in host["findings"]}


# A session of its own has no terminal, not even that of the person who runs the tests; nor is there a COLUMNS, which
# readline, loaded by pytest, puts into the environment that its children inherit.
_PIPES: Any = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
    "text": True,
    "start_new_session": True,
}


def ended(process: subprocess.Popen[str]) -> Said:
    out, err = process.communicate(timeout=180)
    return Said(process.returncode, out, err)


def attempt(host: Host, script: str, user: str = "root", stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script on a host by plain ssh, in a login of its own; both outputs come back as one."""
    argv = ("ssh", "-F", str(lab.ssh_config()), f"{user}@{host.name}", script)
    return subprocess.run(
        argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120
    )


def look(host: Host, script: str, user: str = "root", stdin: str = "") -> str:
    """Run a script that must succeed, and return what it says."""
    done = attempt(host, script, user, stdin)
    assert done.returncode == 0, done.stdout
    return done.stdout


def manifest(host: Host) -> frozenset[str]:
    """Return a line for everything on the host that provisioning could touch."""
    return frozenset(look(host, "sh -s", stdin=_MANIFEST).splitlines())


def changed(host: Host, before: frozenset[str]) -> list[str]:
    """Return the lines that differ from a manifest taken before."""
    return sorted(before ^ manifest(host))


def write(host: Host, path: str, text: str) -> None:
    """Write a file as the person does who owns the host."""
    look(host, f"mkdir -p {Path(path).parent} && cat >{path}", stdin=text)


def gpu_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("GPU ")]
