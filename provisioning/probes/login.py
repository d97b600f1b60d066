"""Who logged in, and what group docker looks like to that person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.probe import Probe, fields

SNIPPET = """
echo "session $GPUDOCK_LOGIN"
echo "reader $(id -u)"
echo "group $(getent group docker)"
echo "socket $(stat -L -c '%g %a' /var/run/docker.sock 2>/dev/null)"
echo "behind $SUDO_UID $SUDO_USER"
[ "$(id -u)" = 0 ] || echo "sudo $(LC_ALL=C sudo -n true 2>&1 | tail -n 1)"
"""


@dataclass(frozen=True)
class Login:
    user: str
    uid: int
    gids: frozenset[int]
    """The groups that this login session has, which is what counts for the socket."""
    privileged: bool
    """The facts were read as root."""
    docker_members: frozenset[str]
    """Who /etc/group has in group docker: effective from the next login on."""
    docker_group_exists: bool
    socket_gid: int | None
    socket_group_writable: bool
    sudo_says: str = ""
    """Why these facts were not read as root, in sudo's own words."""
    behind: str = ""
    """Who became root with sudo to start us; '' for nobody. Then `user` is root."""

    @property
    def person(self) -> str:
        """Who shall be able to use Docker; '' where only root is there, who always is."""
        return self.user if self.uid else self.behind


# `id` writes "groups=" in the login's own language. Names of groups may hold spaces.
_IDENTITY = re.compile(
    r"uid=(\d+)\(([^)]*)\) gid=\d+(?:\([^)]*\))? [^=]*=(\d+(?:\([^)]*\))?(?:,\d+(?:\([^)]*\))?)*)", re.ASCII
)


def parse(text: str) -> Login:
    said = fields(text)
    identity = _IDENTITY.match(said["session"])
    if not identity:
        raise ValueError(f"`id` said {said['session']!r}")
    gids = frozenset(int(number) for number in re.findall(r"(?:^|,)(\d+)", identity[3]))
    entry = said["group"].split(":")
    socket = said["socket"].split()
    return Login(
        user=identity[2],
        uid=int(identity[1]),
        gids=gids,
        privileged=said["reader"] == "0",
        docker_members=frozenset(filter(None, entry[3].split(","))) if len(entry) > 3 else frozenset(),
        docker_group_exists=len(entry) > 3,
        socket_gid=int(socket[0]) if socket else None,
        socket_group_writable=bool(socket) and bool(int(socket[1], 8) & 0o020),
        sudo_says=said.get("sudo", ""),
        behind=_behind(identity[1], said.get("behind", "")),
    )


def _behind(uid: str, sudo: str) -> str:
    """A login that is no root's has been through sudo on our own behalf: that tells nothing."""
    number, _, name = sudo.partition(" ")
    return name if uid == "0" and number not in {"", "0"} else ""


LOGIN = Probe("login", SNIPPET, parse)
