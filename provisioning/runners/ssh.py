"""Reach a host over SSH."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

from paramiko import Channel, SSHException, Transport
from paramiko.agent import AgentRequestHandler

from provisioning.errors import Unreachable
from provisioning.hosts import Address
from provisioning.runners.connection import open_hop
from provisioning.runners.dialing import dial
from provisioning.runners.ending import Ending, LastLines, judge
from provisioning.runners.entry import enter, program_line
from provisioning.runners.model import Access, Elevation, leave
from provisioning.runners.openssh import ask
from provisioning.runners.ssh_config import Hop, find_route
from provisioning.runners.ssh_process import SshProcess, attach, is_gone
from provisioning.runners.unreachable import ATTEMPT_ERRORS, explain_session

if TYPE_CHECKING:
    from fabric import Connection

_CHUNK = 65536
_BROKEN = "Check the network, then run the same command again: what was begun is followed, what is left is done."


class SshRunner:
    """Runs scripts on one host; keeps one connection open from one run to the next. See `Runner`."""

    def __init__(self, address: Address, access: Access) -> None:
        self._address = address
        self._access = access
        self._route: tuple[Hop, ...] = ()
        self._connections: list[Connection] = []
        self._ahead: Future[Transport] | None = None
        self._agent: AgentRequestHandler | None = None
        self._logging_in = Lock()
        """Several connections of a tunnel may find at once that they must log in again."""

    @property
    def host(self) -> str:
        return self._address.text

    @property
    def published_at(self) -> str:
        return ""

    def log_in_ahead(self, pool: Executor) -> None:
        """Log in now, in the background; what goes wrong is raised by the first `run`."""
        self._ahead = pool.submit(self._log_in, anew=False)

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:
        entry = enter(elevation, self._access.sudo_password)
        errors, output = LastLines(), LastLines()
        transport = self._logged_in(anew=new_login)
        text = entry.preface + script.encode(errors="surrogateescape")
        with _conversation(self._execute(transport, entry.line), text, errors) as channel:
            while chunk := channel.recv(_CHUNK):
                if not errors.ready:
                    output.feed(chunk)
                yield chunk
            code = channel.recv_exit_status()
        if code < 0 and is_gone(transport):
            raise Unreachable(f"{self.host}: the connection broke while the script ran.", _BROKEN)
        problem = judge(self.host, Ending(code if code >= 0 else None, errors, output))
        if problem:
            raise problem

    def start(self, argv: tuple[str, ...]) -> SshProcess:
        return SshProcess(self.host, self._execute(self._logged_in(), program_line(argv)))

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:
        session = self._session(self._logged_in())
        return attach(self.host, session, program_line(argv), terminal=terminal, interrupted=interrupted)

    def agent_socket(self) -> str:
        """The server keeps the socket for the whole connection, and tells its path to each program."""
        session = self._session(self._logged_in())
        self._agent = AgentRequestHandler(session)
        try:
            session.exec_command(program_line(("printenv", "SSH_AUTH_SOCK")))
        except (SSHException, EOFError, OSError):
            return ""  # its server forwards no agent
        return b"".join(SshProcess(self.host, session).output()).decode().strip()

    def dial(self, port: int) -> Channel:
        return dial(self.host, self._logged_in(), port)

    def is_open(self) -> bool:
        return bool(self._connections) and all(each.is_connected for each in self._connections)

    def reopen(self) -> None:
        self._logged_in()

    def close(self) -> None:
        if self._ahead:
            wait([self._ahead])
        self._hang_up()

    def _hang_up(self) -> None:
        while self._connections:
            self._connections.pop().close()

    def _logged_in(self, *, anew: bool = False) -> Transport:
        ahead, self._ahead = self._ahead, None
        if ahead:
            ahead.result()
        with self._logging_in:
            return self._log_in(anew=anew)

    def _log_in(self, *, anew: bool) -> Transport:
        """Return the open connection to the host, or make it: one hop after the other, each error named by its hop."""
        self._route = self._route or find_route(self._address, self._access, ask)
        if anew and len(self._connections) == len(self._route):
            self._connections.pop().close()
        if not all(each.is_connected for each in self._connections):
            self._hang_up()
        vias = (None, *self._route)
        for number in range(len(self._connections), len(self._route)):
            gateway = self._connections[-1] if self._connections else None
            self._connections.append(open_hop(self._route[number], vias[number], gateway))
        transport: Transport = self._connections[-1].transport
        return transport

    def _session(self, transport: Transport) -> Channel:
        try:
            return transport.open_session()
        except ATTEMPT_ERRORS as problem:
            raise explain_session(self.host, problem, _BROKEN) from problem

    def _execute(self, transport: Transport, line: str) -> Channel:
        channel = self._session(transport)
        try:
            channel.exec_command(line)
        except (SSHException, EOFError, OSError) as problem:
            raise Unreachable(f"{self.host}: the connection broke ({problem}).", _BROKEN) from problem
        return channel


@contextmanager
def _conversation(channel: Channel, text: bytes, errors: LastLines) -> Iterator[Channel]:
    """Write standard input and read standard error beside the caller, so that no window fills up; hang up after."""
    pumps = [
        Thread(target=_send, args=(channel, text), daemon=True),
        Thread(target=_drain, args=(channel, errors), daemon=True),
    ]
    for pump in pumps:
        pump.start()
    try:
        yield channel
    except BaseException:
        channel.close()
        raise
    finally:
        for pump in pumps:
            pump.join()
        channel.close()


def _send(channel: Channel, text: bytes) -> None:
    with suppress(OSError):  # a shell that ends before it read all is judged by its exit code
        channel.sendall(text)
        channel.shutdown_write()


def _drain(channel: Channel, errors: LastLines) -> None:
    while chunk := channel.recv_stderr(_CHUNK):
        errors.feed(chunk)
