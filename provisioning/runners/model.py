"""The one seam to a host: send a script, get bytes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NoReturn, Protocol

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


class Process(Protocol):
    """A program at work on a host. Each of its streams may be used by a thread of its own."""

    def write(self, data: bytes) -> None:
        """Give it standard input. Raises BrokenPipeError when it reads no more."""

    def end_input(self) -> None:
        """Close its standard input. May be called twice."""

    def output(self) -> Iterator[bytes]:
        """Yield its standard output as it arrives."""

    def errors(self) -> Iterator[bytes]:
        """Yield its standard error as it arrives."""

    def wait(self) -> int:
        """Return its exit code. Raises Unreachable when the connection broke.

        When signal N ended it: 128 + N on this machine, 255 on others, of which SSH does not tell the number.
        """

    def close(self) -> None:
        """Let go of it: a program that still writes to us ends. May be called twice."""


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


def leave() -> NoReturn:
    """What Ctrl-C does unless something else is wanted."""
    raise KeyboardInterrupt


class Stream(Protocol):
    """A connection, as sockets have it: to a port of a host."""

    def recv(self, size: int, /) -> bytes: ...

    def sendall(self, data: bytes, /) -> None: ...

    def shutdown(self, how: int, /) -> None: ...

    def close(self) -> None: ...


class ProgramRunner(Runner, Protocol):
    """Reaches one host, and runs programs there that talk with us."""

    @property
    def published_at(self) -> str:
        """The host's address for ports that this machine alone shall reach; '' where a tunnel leads to its loopback.

        Raises Unreachable where it has to be asked for and is not told.
        """

    def start(self, argv: tuple[str, ...]) -> Process:
        """Start a program as the login user. It is found on the host's PATH; 127 is the exit code of none.

        Raises Unreachable and AccessDenied as `run` does.
        """

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:
        """Run a program as the login user with this process's own standard streams; return its exit code.

        With `terminal` it has one of its own, as large as ours, and Ctrl-C is a key that it reads. Without, the first
        Ctrl-C calls `interrupted`, which tells the program or raises; the second raises KeyboardInterrupt.
        On this machine the terminal tells the program by itself, and `interrupted` is not called.
        Raises Unreachable and AccessDenied as `run` does.
        """

    def agent_socket(self) -> str:
        """Lend it this machine's ssh agent until `close`; return the path of the agent's socket there, '' without one.

        Raises Unreachable and AccessDenied as `run` does.
        """


class Dialer(ProgramRunner, Protocol):
    """Reaches one host, and the ports of its loopback."""

    def dial(self, port: int) -> Stream:
        """Connect to 127.0.0.1:`port` there. Raises ConnectionRefusedError where nothing listens.

        Raises AccessDenied where its SSH server forwards nothing, Unreachable and AccessDenied as `run` does.
        """

    def is_open(self) -> bool:
        """Tell whether the connection stands."""

    def reopen(self) -> None:
        """Log in where the connection does not stand. Raises Unreachable and AccessDenied as `run` does."""
