"""Decide whether a host's key is the one that is known for it, by OpenSSH's rules (sshd(8), SSH_KNOWN_HOSTS).

Stricter than OpenSSH in one point: a host that is known by keys of other types alone counts as changed, so that
nobody gets past the known key by offering a type that is not in the file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path


class Verdict(Enum):
    """What the known keys say about an offered one."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True)
class KnownKey:
    """One line of a known_hosts file."""

    path: Path
    line: int
    marker: str
    """`@revoked`, `@cert-authority`, or empty."""
    patterns: tuple[str, ...]
    kind: str
    blob: bytes

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"


def parse(path: Path, text: str) -> list[KnownKey]:
    """Return the keys in a known_hosts file. Lines that are no keys are passed over, as OpenSSH does."""
    found = (_parse_line(path, number, line) for number, line in enumerate(text.splitlines(), 1))
    return [key for key in found if key]


def _parse_line(path: Path, number: int, line: str) -> KnownKey | None:
    fields = line.split()
    marker = fields.pop(0) if fields and fields[0].startswith("@") else ""
    if len(fields) < 3 or fields[0].startswith("#"):
        return None
    try:
        blob = base64.b64decode(fields[2], validate=True)
    except binascii.Error:
        return None
    return KnownKey(path, number, marker, tuple(fields[0].split(",")), fields[1], blob)


def names(name: str, port: int, alias: str | None) -> tuple[str, ...]:
    """Return the names to look up, the best first. An alias stands alone; `[name]:port` unless the port is 22."""
    if alias:
        return (alias.lower(),)
    return (name.lower(),) if port == 22 else (f"[{name.lower()}]:{port}", name.lower())


def judge(keys: Iterable[KnownKey], name: str, blob: bytes) -> tuple[Verdict, KnownKey | None]:
    """Return what is known under `name` about the key `blob`, and the line that decides."""
    said = [key for key in keys if _matches(key.patterns, name)]
    revoked = next((key for key in said if key.marker == "@revoked" and key.blob == blob), None)
    if revoked:
        return Verdict.REVOKED, revoked
    own = [key for key in said if not key.marker]
    same = next((key for key in own if key.blob == blob), None)
    if same:
        return Verdict.KNOWN, same
    if not own:
        return Verdict.UNKNOWN, None
    return Verdict.CHANGED, next((key for key in own if key.kind == kind_of(blob)), own[0])


def judge_all(keys: Sequence[KnownKey], wanted: Sequence[str], blob: bytes) -> tuple[Verdict, KnownKey | None]:
    """Judge under each name in turn. Without its port a name may confirm or revoke a key, but not contradict it."""
    verdict, line = judge(keys, wanted[0], blob)
    for name in wanted[1:]:
        fallback = judge(keys, name, blob)
        if fallback[0] is Verdict.REVOKED or (verdict, fallback[0]) == (Verdict.UNKNOWN, Verdict.KNOWN):
            return fallback
    return verdict, line


def kinds(keys: Sequence[KnownKey], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the types of the keys that are known for a host: those to ask it for first."""
    found = [key.kind for name in wanted for key in keys if not key.marker and _matches(key.patterns, name)]
    return tuple(dict.fromkeys(found))


def authority(keys: Sequence[KnownKey], wanted: Sequence[str]) -> KnownKey | None:
    """Return the line that trusts a certificate authority for a host."""
    return next(
        (key for key in keys if key.marker == "@cert-authority" and any(_matches(key.patterns, n) for n in wanted)),
        None,
    )


def kind_of(blob: bytes) -> str:
    """Return the type that a public key begins with, as `ssh-ed25519` (RFC 4253, 6.6)."""
    return blob[4 : 4 + int.from_bytes(blob[:4], "big")].decode(errors="replace")


def fingerprint(blob: bytes) -> str:
    """Return the fingerprint as OpenSSH prints it: `SHA256:` and base64 without padding."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def render(name: str, blob: bytes, salt: bytes | None) -> str:
    """Return the line for a new key; with a `salt` of 20 bytes the name is hashed (`HashKnownHosts`)."""
    shown = name if salt is None else _hashed(name, salt)
    return f"{shown} {kind_of(blob)} {base64.b64encode(blob).decode()}\n"


def _hashed(name: str, salt: bytes) -> str:
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def _matches(patterns: Sequence[str], name: str) -> bool:
    """Tell whether one pattern matches and no negated one does."""
    if any(each.startswith("!") and _glob(each[1:], name) for each in patterns):
        return False
    return any(_same_hash(each, name) if each.startswith("|1|") else _glob(each, name) for each in patterns)


def _glob(pattern: str, name: str) -> bool:
    # Only `*` and `?` are special to OpenSSH; brackets are part of `[name]:port`.
    return fnmatchcase(name, re.sub(r"[\[]", "[[]", pattern.lower()))


def _same_hash(pattern: str, name: str) -> bool:
    try:
        salt = base64.b64decode(pattern.split("|")[2])
    except (binascii.Error, IndexError):
        return False
    return hmac.compare_digest(_hashed(name, salt).encode(), pattern.encode())
