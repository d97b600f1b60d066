"""Prove who we are to one hop: with its identity files, then with the agent's keys, each once."""

from __future__ import annotations

import base64
import binascii
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import Agent, BadAuthenticationType, PKey, SSHException, Transport
from paramiko.agent import AgentSSH
from paramiko.pkey import UnknownKeyType

from provisioning.errors import AccessDenied, plainly
from provisioning.runners.ssh_config import Hop

_UNREADABLE = (OSError, ValueError, SSHException, UnknownKeyType, UnsupportedAlgorithm)


class KeysInOrder:
    """Tries the keys of one hop and keeps a line about each for the person, should none be accepted.

    Handed to paramiko's client as its `auth_strategy`, of which it calls `authenticate`.
    """

    def __init__(self, hop: Hop) -> None:
        self._hop = hop
        self._tried: list[str] = []
        self._accepts: list[str] = []

    def authenticate(self, transport: Transport) -> None:
        """Log in. Raises AccessDenied naming the user and the keys tried."""
        with _agent(self._hop) as agent:
            for label, key in self._keys(agent):
                if self._offer(transport, label, key) or not transport.is_active():
                    break
        if not transport.is_authenticated() and not self._offer_nothing(transport):
            raise refusal(self._hop, self._tried, self._accepts, hung_up=not transport.is_active())

    def _keys(self, agent: AgentSSH) -> Iterator[tuple[str, PKey]]:
        tried: set[bytes] = set()
        for path in self._hop.identities:
            key = self._load(path)
            if key:
                tried.add(key.asbytes())
                yield str(path), key
        only = {_public_key(path) for path in self._hop.identities} if self._hop.identities_only else None
        for held in agent.get_keys():
            if held.asbytes() not in tried and (only is None or held.asbytes() in only):
                yield f"{held.comment or held.get_name()} (agent)", held

    def _load(self, path: Path) -> PKey | None:
        if path.suffix == ".pub":  # it names a key that the agent holds
            return None
        try:
            return PKey.from_path(path)
        except FileNotFoundError:  # ssh lists its defaults, whether they are there or not
            return None
        except TypeError:  # cryptography's word for a missing passphrase
            self._tried.append(f"{path}: not tried, it is encrypted (`ssh-add {path}` gives it to the agent)")
        except _UNREADABLE as problem:
            self._tried.append(f"{path}: not tried, {plainly(problem)}")
        return None

    def _offer(self, transport: Transport, label: str, key: PKey) -> bool:
        """Tell whether this key was accepted, perhaps as the first of two factors."""
        try:
            self._accepts = transport.auth_publickey(self._hop.user, key)
        except BadAuthenticationType as problem:
            self._accepts = problem.allowed_types
        except SSHException:
            pass
        else:
            self._tried.append(f"{label}: accepted, but not enough")
            return True
        self._tried.append(f"{label}: refused")
        return False

    def _offer_nothing(self, transport: Transport) -> bool:
        """Ask without any key: some hosts know a user by the network (Tailscale), and all say what they accept."""
        if not transport.is_active():
            return False
        try:
            transport.auth_none(self._hop.user)
        except BadAuthenticationType as problem:
            self._accepts = problem.allowed_types
        except SSHException:
            pass
        return transport.is_authenticated()


def refusal(hop: Hop, tried: list[str], accepts: list[str], *, hung_up: bool) -> AccessDenied:
    """Return what to tell a person whom a hop did not let in."""
    lines = [f"{hop.shown} does not let user {hop.user!r} in."]
    lines += [f"  {each}" for each in tried] or ["  No key was found to try."]
    if hung_up:
        lines.append("The host hung up: it allows only so many keys per connection.")
    elif accepts and "publickey" not in accepts:
        lines.append(f"The host asks for: {', '.join(accepts)}.")
    return AccessDenied(
        "\n".join(lines),
        "Name the right key with --identity FILE and the right user with USER@HOST, or let the host know your key:\n"
        f"  ssh-copy-id -p {hop.port} {hop.user}@{hop.name}",
    )


def _public_key(path: Path) -> bytes:
    """Return the public half of an identity: of FILE.pub, or of FILE where that is public itself; else nothing."""
    half = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    try:
        return base64.b64decode(half.read_text().split()[1])
    except (OSError, ValueError, IndexError, binascii.Error):
        return b""


class _AgentAt(AgentSSH):
    """The agent at one socket. paramiko's own takes SSH_AUTH_SOCK alone, and hosts may differ in IdentityAgent."""

    def __init__(self, path: str) -> None:
        super().__init__()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
        else:
            self._connect(connection)  # type: ignore[attr-defined]  # what its own subclasses call

    def close(self) -> None:
        self._close()  # type: ignore[attr-defined]


@contextmanager
def _agent(hop: Hop) -> Iterator[AgentSSH]:
    if hop.agent is None:
        yield AgentSSH()
        return
    with closing(_AgentAt(hop.agent) if hop.agent and os.name != "nt" else Agent()) as agent:
        yield agent
