"""Open the connection to one hop: through its gateway, its ProxyCommand, or straight."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
from typing import Any

from fabric import Config, Connection

from provisioning.errors import UsageError
from provisioning.runners.authentication import KeysInOrder
from provisioning.runners.host_keys import VerifiedHostKey
from provisioning.runners.ssh_config import Hop
from provisioning.runners.unreachable import ATTEMPT_ERRORS, explain

_KEEPALIVE = 15
_SILENCE = 60
"""Seconds without any acknowledgement after which a connection counts as broken."""

# What goes wrong is raised and told once; without a handler Python would print paramiko's tracebacks besides.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


def open_hop(hop: Hop, via: Hop | None, gateway: Connection | None) -> Connection:
    """Return a connection that is logged in to `hop`. Raises Unreachable and AccessDenied."""
    policy = VerifiedHostKey(hop)
    try:
        connection = _prepare(hop, policy, gateway)
        connection.client.set_missing_host_key_policy(policy)
        try:
            connection.open()
        except BaseException:
            connection.client.close()  # Fabric's own close passes over a connection that never came up
            raise
    except ATTEMPT_ERRORS as problem:
        raise explain(hop, via, problem) from problem
    connection.transport.set_keepalive(_KEEPALIVE)
    return connection


def _prepare(hop: Hop, policy: VerifiedHostKey, gateway: Connection | None) -> Connection:
    options: dict[str, Any] = {  # made anew each time: Fabric changes what it is given
        "auth_strategy": KeysInOrder(hop),
        "transport_factory": policy.transport,
        "banner_timeout": hop.timeout,
        "channel_timeout": hop.timeout,
    }
    if gateway is None:
        options["sock"] = _through_command(hop.proxy_command) if hop.proxy_command else _straight(hop)
    return Connection(
        hop.name,
        user=hop.user,
        port=hop.port,
        # `ssh -G` has said it all: neither ssh's nor Fabric's files are read again.
        config=Config(lazy=True, overrides={"load_ssh_configs": False}),
        gateway=gateway or False,  # None would make Fabric look for one
        # Left to it is the key exchange. Were it as short as the banner's, paramiko would not say which one failed.
        connect_timeout=2 * hop.timeout,
        connect_kwargs=options,
        forward_agent=False,
    )


def _straight(hop: Hop) -> socket.socket:
    """Return a socket to the first address that answers. paramiko itself stops at the first that has no route."""
    connection = socket.create_connection((hop.name, hop.port), hop.timeout)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: else a host that vanished is noticed after a quarter of an hour
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE * 1000)
    return connection


def _through_command(command: str) -> socket.socket:
    """Return a socket whose other end is the command's standard input and output, as ssh does it.

    paramiko's ProxyCommand splits the words itself, and spins for ever when the command has ended.
    """
    if os.name == "nt":
        raise UsageError("ProxyCommand is not supported on Windows.", "Use ProxyJump in ssh's configuration.")
    ours, theirs = socket.socketpair()
    with theirs:
        end = theirs.fileno()
        # In the background, where it ends with the socket. A shell would give it /dev/null as input there.
        script = f"exec 3<&0; {{ exec {command}\n}} <&3 3<&- &"
        subprocess.run(("/bin/sh", "-c", script), stdin=end, stdout=end, check=False)
    return ours
