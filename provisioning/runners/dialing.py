"""Connect to a port of a host's loopback through the SSH connection to it."""

from __future__ import annotations

from paramiko import Channel, ChannelException, SSHException, Transport

from provisioning.errors import AccessDenied, Unreachable

_LOOPBACK = "127.0.0.1"
_PROHIBITED = 1
"""RFC 4254, 5.1: administratively prohibited."""
_SECONDS = 10


def dial(host: str, transport: Transport, port: int) -> Channel:
    """See `Dialer.dial`."""
    try:
        return transport.open_channel("direct-tcpip", (_LOOPBACK, port), (_LOOPBACK, 0), timeout=_SECONDS)
    except ChannelException as refused:
        if refused.code == _PROHIBITED:
            hint = "It needs `AllowTcpForwarding yes` in its sshd_config."
            raise AccessDenied(f"{host}: its SSH server forwards no ports.", hint) from refused
        raise ConnectionRefusedError(f"{host}: nothing listens on port {port}") from refused
    except (SSHException, EOFError, OSError) as problem:
        raise Unreachable(f"{host}: the connection broke ({problem}).", "Check the network.") from problem
