"""What a host says of itself before a container starts there: who we are on it, its engine, its GPUs, its memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provisioning.errors import AccessDenied, UnsupportedHost
from provisioning.probe import Facts, Probe, fields
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.driver import GPUS_ON_BUS
from provisioning.probes.engine import DAEMON, Engine
from provisioning.probes.login import LOGIN
from provisioning.probes.toolkit import TOOLKIT

# The home and the groups of the login user, who need not be who reads this.
_SNIPPET = r"""
id=${GPUDOCK_LOGIN#uid=}; id=${id%%(*}
IFS=: read -r name _ uid gid _ home _ <<EOF
$(getent passwd "$id")
EOF
printf 'user %s\nuid %s\ngid %s\nhome %s\n' "$name" "$uid" "$gid" "$home"
sed -n 's/^MemTotal: *\([0-9]*\) kB$/memory_kib \1/p' /proc/meminfo
echo "arch $(uname -m)"
echo "emulators $(ls /proc/sys/fs/binfmt_misc 2>/dev/null | grep -c '^qemu-')"
"""


@dataclass(frozen=True)
class Person:
    """Whoever logged in, and the machine's memory."""

    user: str
    uid: int
    gid: int
    home: str
    memory: int
    """Bytes."""
    arch: str
    """As the kernel names it: x86_64, aarch64."""
    emulates: bool = False
    """The kernel hands programs of other architectures to qemu."""


def parse(text: str) -> Person:
    said = fields(text)
    memory = int(said["memory_kib"]) * 1024
    emulates = said.get("emulators", "0") != "0"
    return Person(said["user"], int(said["uid"]), int(said["gid"]), said["home"], memory, said["arch"], emulates)


PERSON = Probe("person", _SNIPPET, parse)

PROBES: tuple[Probe[Any], ...] = (LOGIN, PERSON, DAEMON, DAEMON_CONFIG, GPUS_ON_BUS, TOOLKIT)
"""What every container needs to know."""


def engine_of(facts: Facts, host: str) -> Engine:
    """Return the engine that answers. Raises UnsupportedHost, AccessDenied where it is closed to us."""
    daemon = facts[DAEMON]
    if daemon.engine:
        return daemon.engine
    if "permission denied" in daemon.complaint:
        docker_prefix(facts, host)  # says who may not, and what to do
    why = daemon.complaint or "Docker is not installed"
    raise UnsupportedHost(
        f"{host}: there is no Docker engine to start a container with ({why}).",
        f"`gpudock verify {host}` names the cause; `gpudock provision {host}` installs what is missing.",
    )


def docker_prefix(facts: Facts, host: str) -> tuple[str, ...]:
    """Return what must stand before `docker` for the login user: nothing, or sudo. Raises AccessDenied."""
    login = facts[LOGIN]
    if login.uid == 0 or (login.socket_group_writable and login.socket_gid in login.gids):
        return ()
    if login.privileged:
        return ("sudo", "-n")
    raise AccessDenied(
        f"{host}: {login.user} may not use Docker: not in group docker, and sudo wants a password.",
        f"Run `gpudock provision {host}` as somebody with sudo; who is in group docker since then must log in anew.",
    )
