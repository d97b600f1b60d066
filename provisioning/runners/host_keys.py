"""Verify the key that one hop offers, and remember a new one where the person asked for that."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paramiko import MissingHostKeyPolicy, PKey, SSHClient, Transport

from provisioning.errors import AccessDenied, UsageError
from provisioning.runners import known_hosts
from provisioning.runners.known_hosts import KnownKey, Verdict
from provisioning.runners.ssh_config import Hop

# One RSA key serves under two names of its signature (RFC 8332).
_SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}

# They seal and sign in one step, for half of the processor time of paramiko's first choice.
_QUICKEST = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")

_WINDOW = 1 << 23
"""Bytes that a host may send before we say that we have them: over 50 ms of way there and back, 160 MB/s."""


class VerifiedHostKey(MissingHostKeyPolicy):
    """Judges every key of one hop. The client's own list stays empty, so that paramiko asks each time.

    paramiko's list knows no markers, patterns or aliases, and does not say which line decided.
    """

    def __init__(self, hop: Hop) -> None:
        self._hop = hop
        self._names = known_hosts.names(hop.name, hop.port, hop.host_key_alias)
        self._keys = _load(hop.known_hosts)

    def transport(self, sock: Any, /, **options: Any) -> Transport:
        """Return a transport that asks the host first for the types of key that are known for it."""
        transport = Transport(sock, default_window_size=_WINDOW, **options)
        security = transport.get_security_options()
        security.ciphers = (*_QUICKEST, *(each for each in security.ciphers if each not in _QUICKEST))
        kinds = known_hosts.kinds(self._keys, self._names)
        known = [each for kind in kinds for each in _SIGNATURES.get(kind, (kind,))]
        first = [each for each in dict.fromkeys(known) if each in security.key_types]
        security.key_types = (*first, *(each for each in security.key_types if each not in first))
        return transport

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:  # noqa: ARG002
        """Return when the key is known or newly accepted. Raises AccessDenied."""
        blob = key.asbytes()
        verdict, line = known_hosts.judge_all(self._keys, self._names, blob)
        if verdict is Verdict.KNOWN:
            return
        if verdict is Verdict.UNKNOWN and self._hop.accept_new:
            self._remember(blob)
        else:
            raise refusal(self._hop, blob, verdict, line, known_hosts.authority(self._keys, self._names))

    def _remember(self, blob: bytes) -> None:
        path = self._hop.writable_known_hosts
        if path is None:
            hint = "Give ssh's option UserKnownHostsFile a file, or leave it at its default."
            raise UsageError("--accept-new-host-keys: ssh's configuration names no file for new keys.", hint)
        salt = os.urandom(20) if self._hop.hash_known_hosts else None
        try:
            _append(path, known_hosts.render(self._names[0], blob, salt))
        except OSError as problem:
            hint = "Make it a file that you may write, or add the key by hand."
            raise AccessDenied(f"{path}: the new key cannot be added: {problem.strerror}.", hint) from problem


def refusal(
    hop: Hop, blob: bytes, verdict: Verdict, line: KnownKey | None, authority: KnownKey | None = None
) -> AccessDenied:
    """Return what to tell a person whose host offered the key `blob`."""
    offered = f"{known_hosts.kind_of(blob)} {known_hosts.fingerprint(blob)}"
    if verdict is Verdict.REVOKED and line:
        return AccessDenied(
            f"{hop.shown}: the host offers a key that {line.place} marks as revoked: {offered}.",
            "Do not log in there. Ask whoever revoked the key.",
        )
    if verdict is Verdict.CHANGED and line:
        return _changed(hop, offered, line)
    trusted = f"\n{authority.place} trusts an authority instead, which is not supported here." if authority else ""
    return AccessDenied(
        f"{hop.shown}: the host's key is not known: {offered}.{trusted}",
        "Compare this fingerprint with the one that the host's console or its provider shows. If it is the same:\n"
        f"  run again with --accept-new-host-keys\n  or: {_by_hand(hop)}",
    )


def _by_hand(hop: Hop) -> str:
    if hop.host_key_alias or hop.jumps or hop.proxy_command:  # out of ssh-keyscan's sight, or under another name
        return f"log in once with ssh {hop.text}"
    return f"ssh-keyscan -p {hop.port} {hop.name} >> {hop.writable_known_hosts or '~/.ssh/known_hosts'}"


def _changed(hop: Hop, offered: str, line: KnownKey) -> AccessDenied:
    known = f"{line.kind} {known_hosts.fingerprint(line.blob)}"
    name = known_hosts.names(hop.name, hop.port, hop.host_key_alias)[0]
    return AccessDenied(
        f"{hop.shown}: THE HOST'S KEY HAS CHANGED. Somebody may be posing as this host, or it was installed anew.\n"
        f"  offered: {offered}\n  known:   {known} in {line.place}",
        f"Find out which it is first. Only for a host that was installed anew: ssh-keygen -R '{name}' -f {line.path}",
    )


def _load(paths: Sequence[Path]) -> list[KnownKey]:
    return [key for path in paths for key in known_hosts.parse(path, _read(path))]


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as problem:
        hint = "Make it a file that you may read: without it no host can be told from another."
        raise AccessDenied(f"{path}: cannot be read: {problem.strerror}.", hint) from problem


def _append(path: Path, line: str) -> None:
    """Add a line as OpenSSH does: in one write, to a file that only its owner reads, in such a directory."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = _read(path)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(line if not before or before.endswith("\n") else f"\n{line}")
