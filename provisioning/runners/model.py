"""The one seam to a host: send a script, get bytes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from provisioning.command import Secret


class Elevation(Enum):
    """Who runs the script on the host."""

    LOGIN_USER = "login user"
    """Whoever logged in, as that person has it: proves what the person can do."""
    ROOT_IF_POSSIBLE = "root if possible"
    """Root through `sudo`, else the login user: enough to look around."""
    ROOT = "root"
    """Root, or AccessDenied: changes need it."""


@dataclass(frozen=True)
class Access:
    """How to get in, as the person said on the command line."""

    identity: Path | None = None
    ssh_config: Path | None = None
    connect_timeout: int = 10
    """Seconds."""
    accept_new_host_keys: bool = False
    sudo_password: Secret | None = None


class Runner(Protocol):
    """Reaches one host."""

    @property
    def host(self) -> str:
        """The name to show for this host, as the person wrote it; `localhost` for this machine."""

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:
        """Send `script` to `sh -s` in ONE round trip and yield its standard output as it arrives.

        The script finds the login user's `id` output in `$1` (empty: its own `id` is the login user's).
        With `new_login` group memberships are those of somebody who logs in now.
        A script ends with exit code 0 whatever it found, so another exit code is a failure to run it.

        Raises Unreachable when the host cannot be reached or the connection breaks, AccessDenied for host keys,
        authentication and sudo, ChangeFailed when the script died (with the last lines of standard error).
        """

    def close(self) -> None:
        """Hang up. May be called twice."""
