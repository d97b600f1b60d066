"""Decide what to say when a hop cannot be reached, from the error that the attempt ended in."""

from __future__ import annotations

import errno
import socket

from paramiko import ChannelException, SSHException
from paramiko.ssh_exception import IncompatiblePeer

from provisioning.errors import Unreachable
from provisioning.runners.ssh_config import Hop

ATTEMPT_ERRORS = (OSError, EOFError, SSHException)
"""What connecting raises when the network or the host is not as it should be."""

_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL)


def explain(hop: Hop, via: Hop | None, problem: BaseException) -> Unreachable:
    """Return the sentence for `problem`, one of ATTEMPT_ERRORS, on the way to `hop` through the gateway `via`."""
    what, hint = _what(hop, problem) if via is None else _what_behind(via, hop, problem)
    return Unreachable(f"{hop.shown}: {what}.", hint)


def explain_session(host: str, problem: BaseException, otherwise: str) -> Unreachable:
    """Return the sentence for `problem`, met in opening a session on a connection; `otherwise` is the usual hint."""
    if isinstance(problem, ChannelException):
        return Unreachable(
            f"{host}: its SSH server lets the user in, and refuses to open a session ({problem.text}).",
            "Raise MaxSessions in its sshd_config (0 allows no command, 10 is usual), then: systemctl reload ssh",
        )
    return Unreachable(f"{host}: the connection broke ({problem}).", otherwise)


def _what_behind(via: Hop, hop: Hop, problem: BaseException) -> tuple[str, str]:
    if isinstance(problem, ChannelException) and problem.code == 1:  # administratively prohibited, RFC 4254 5.1
        return f"the gateway {via.shown} does not forward connections", "It needs `AllowTcpForwarding yes`."
    if isinstance(problem, ChannelException):
        return f"the gateway {via.shown} cannot reach it ({problem.text})", _check_address(hop)
    return _what(hop, problem)


def _what(hop: Hop, problem: BaseException) -> tuple[str, str]:
    if isinstance(problem, IncompatiblePeer):
        return f"its SSH server is too old or too new ({problem})", "Update OpenSSH on the host."
    if isinstance(problem, (EOFError, ConnectionResetError)) or "banner" in str(problem):
        return "it hung up, or what answers is no SSH server", f"Check that port {hop.port} is the right one."
    if "No existing session" in str(problem):  # paramiko's word for a key exchange that took too long
        return f"its SSH server began to answer, and did not end within {2 * hop.timeout} seconds", _check_address(hop)
    if isinstance(problem, OSError):
        return _what_network(hop, problem)
    return f"the connection failed ({str(problem) or type(problem).__name__})", _check_address(hop)


def _what_network(hop: Hop, problem: OSError) -> tuple[str, str]:
    if isinstance(problem, socket.gaierror):
        return f"the name {hop.name} does not resolve ({problem.strerror})", _check_address(hop)
    if isinstance(problem, TimeoutError):
        hint = "Check its address, and that a firewall lets you in. --connect-timeout SECONDS waits longer."
        return f"no answer within {hop.timeout} seconds", hint
    if isinstance(problem, ConnectionRefusedError):
        return f"nothing listens on port {hop.port}", "Start its SSH server, or name the port: HOST:PORT."
    if problem.errno in _NO_ROUTE:
        return f"there is no route to {hop.name}", "Check your network or VPN."
    return f"the connection failed ({problem})", _check_address(hop)


def _check_address(hop: Hop) -> str:
    return f"Check that this works: ssh -p {hop.port} {hop.user}@{hop.name}"
