"""The key that a package source is signed with: exactly one, known by its full fingerprint."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioning.errors import UsageError, plainly
from provisioning.input_file import read_input

KEYS = Path(__file__).with_name("keys")

# docker-library/docker#271 quotes the first; the second is also the import line in libnvidia-container#120.
DOCKER_FINGERPRINT = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88"
TOOLKIT_FINGERPRINT = "C95B321B61E88C1809C4F759DDCAE044F796ECB0"

_PRIMARY_KEY_TAG = 6


@dataclass(frozen=True)
class SigningKey:
    armored: str
    fingerprint: str
    """Forty upper-case hexadecimal digits."""

    def __str__(self) -> str:
        """Return the fingerprint as vendors print it: ten groups of four."""
        return " ".join(self.fingerprint[at : at + 4] for at in range(0, 40, 4))


def read_key(path: Path, option: str) -> SigningKey:
    """Read an ASCII-armoured public key. Raises UsageError naming `option`, also when it holds several keys.

    apt trusts every key in the file, so a second one would be a second signer that nobody looked at.
    """
    allowed = "It takes a file with one ASCII-armoured OpenPGP public key (-----BEGIN PGP PUBLIC KEY BLOCK-----)."
    try:
        armored = read_input(path, "ascii")
        found = fingerprints(armored.encode())
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {path}: {plainly(error)}.", allowed) from error
    if len(found) != 1:
        raise UsageError(f"{option} {path}: it holds {len(found)} primary keys.", allowed)
    return SigningKey(armored, found[0])


def fingerprints(keys: bytes) -> list[str]:
    """Return the fingerprint of each primary key, armoured or not (RFC 4880, 12.2). Raises ValueError for no keys."""
    binary = keys[:1] >= b"\x80"
    try:
        packets = list(_packets(keys if binary else _dearmor(keys.decode("ascii"))))
    except IndexError as cut:
        raise ValueError("the key block is cut off") from cut
    return [_fingerprint(body) for tag, body in packets if tag == _PRIMARY_KEY_TAG]


def _fingerprint(body: bytes) -> str:
    if body[0] != 4:
        raise ValueError(f"a version {body[0]} key, and apt takes version 4")
    return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest().upper()


def _dearmor(text: str) -> bytes:
    blocks = text.split("-----BEGIN PGP PUBLIC KEY BLOCK-----")[1:]
    if not blocks:
        raise ValueError("no PGP public key block in it")
    return b"".join(_decode(block) for block in blocks)


def _decode(block: str) -> bytes:
    content, end, _ = block.partition("-----END PGP PUBLIC KEY BLOCK-----")
    if not end:
        raise ValueError("the key block is cut off")
    lines = [line.strip() for line in content.splitlines()]
    data = "".join(line for line in lines if line and ":" not in line and not line.startswith("="))
    return base64.b64decode(data, validate=True)


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        tag, start, length = _header(data, at)
        if start + length > len(data) or length == 0:
            raise ValueError("the key block is cut off")
        yield tag, data[start : start + length]
        at = start + length


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, start of body and its length (RFC 4880, 4.2: the old and the new form of packet headers)."""
    first = data[at]
    if not first & 0x80:
        raise ValueError("the key block holds no OpenPGP packets")
    if not first & 0x40:
        size = 1 << (first & 3)
        return (first >> 2) & 15, at + 1 + size, int.from_bytes(data[at + 1 : at + 1 + size], "big")
    octet = data[at + 1]
    if octet < 192:
        return first & 63, at + 2, octet
    if octet < 224:
        return first & 63, at + 3, ((octet - 192) << 8) + data[at + 2] + 192
    return first & 63, at + 6, int.from_bytes(data[at + 2 : at + 6], "big")
