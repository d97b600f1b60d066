"""Mask what tells of people and places in a text: the same thing always by the same mask, so that it can be judged.

Addresses keep their networks: two of one private range that share their first n bits share as many behind their masks,
and stay in that range (Crypto-PAn, Fan, Xu, Ammar, Moon 2004). So networks that overlap still do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


@dataclass
class Masks:
    """What is masked in one host's facts, and what each thing became. Grows while texts are masked."""

    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    key: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, text: str, form: str) -> str:
        """Return the mask of `text`: `form` with the number of this thing among those of its kind."""
        number = 1 + sum(1 for known, _ in self.known if known == kind)
        return self.known.setdefault((kind, text.lower()), form.format(number))


def mask(text: str, masks: Masks) -> str:
    """Return `text` masked, also within what is base64 in it."""
    return _masked(_FILE.sub(lambda found: found[1] + _inside(found[2], masks), text), masks)


_FILE = re.compile(r"(?m)^(/\S+ present )([A-Za-z0-9+/=]+)$")
"""A whole file, as provisioning/probes/files.py prints it."""


def _inside(encoded: str, masks: Masks) -> str:
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return encoded  # a key, which is public
    return base64.b64encode(_masked(text, masks).encode()).decode()


def _masked(text: str, masks: Masks) -> str:
    for pattern, replaced in _PATTERNS:
        text = pattern.sub(lambda found, replaced=replaced: replaced(found, masks), text)  # type: ignore[misc]
    for kind, names in (("user", masks.users), ("host", masks.hosts)):
        for name in names:
            whole = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
            text = whole.sub(masks.of(kind, name, kind + "{}"), text)
    return text


def _address(found: re.Match[str], masks: Masks) -> str:
    try:
        address = ip_address(found["address"])
    except ValueError:
        return found[0]  # such as a time of day
    if address.is_loopback or address.is_unspecified or address.is_multicast or str(address).startswith("255."):
        return found[0]
    hidden = _hidden(address, masks.key)
    length = found["length"]
    if length and int(length) <= address.max_prefixlen and ip_network(found[0], strict=False)[0] == address:
        hidden = ip_network(f"{hidden}/{length}", strict=False)[0]  # a network stays one: no bits behind its length
    return f"{hidden}/{length}" if length else str(hidden)


def _route(found: re.Match[str], masks: Masks) -> str:
    """A row of /proc/net/route has network and netmask as the bytes lie in memory, so backwards."""
    network, netmask = (int.from_bytes(bytes.fromhex(found[part]), "little") for part in ("network", "netmask"))
    hidden = int(_hidden(IPv4Address(network), masks.key)) & netmask
    return f"{found['before']}{hidden.to_bytes(4, 'little').hex().upper()} {found['netmask']}"


_KEPT = tuple(
    map(ip_network, "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 100.64.0.0/10 fe80::/10 fc00::/7".split())
)


def _hidden(address: IPv4Address | IPv6Address, key: bytes) -> IPv4Address | IPv6Address:
    bits, size = int(address), address.max_prefixlen
    kept = next((net.prefixlen for net in _KEPT if net.version == address.version and address in net), 0)
    for at in range(kept, size):
        digest = hashlib.blake2b(f"{size} {at} {int(address) >> (size - at)}".encode(), key=key, digest_size=1).digest()
        bits ^= (digest[0] & 1) << (size - at - 1)
    return type(address)(bits)


Replace = Callable[["re.Match[str]", Masks], str]

_PATTERNS: tuple[tuple[re.Pattern[str], Replace], ...] = (
    (re.compile(r"(?<=://)[^/\s:@\"']+(?::[^/\s@\"']*)?@"), lambda _, __: "***@"),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]+)*|\bgh[a-z]_\w{16,}|\bdckr_\w{8,}|\bnvapi-[\w-]{8,}"), lambda _, __: "***"),
    (
        re.compile(
            r"(?i)(\b[\w-]*(?:token|passw(?:or)?d|secret|api[_-]?key|authorization|auth)\b[\"']?\s*[:=]\s*"
            r"(?:[\"']?(?:basic|bearer) )?[\"']?)(?!\*)[^\s\"',;}\]]+"
        ),
        lambda found, _: f"{found[1]}***",
    ),
    (re.compile(r"(?i)(bearer\s+)[\w.~+/=-]{8,}"), lambda found, _: f"{found[1]}***"),
    (
        re.compile(r"(/home/|/Users/)([^/\s\"':]+)"),
        lambda found, masks: found[1] + masks.of("user", found[2], "user{}"),
    ),
    (
        re.compile(r"(?i)\b((?:GPU|MIG)-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        lambda found, masks: found[1] + masks.of("uuid", found[0], "00000000-0000-0000-0000-{:012}"),
    ),
    (
        re.compile(
            r"(?i)(<serial>|<board_part_number>|\bserial(?:[ _]?number)?[\"']?\s*[:=]\s*[\"']?)(?!N/A)([\w-]{4,})"
        ),
        lambda found, masks: found[1] + masks.of("serial", found[2], "{:010}"),
    ),
    (re.compile(r"(?m)^(?P<before>route \S+ )(?P<network>[0-9A-F]{8}) (?P<netmask>[0-9A-F]{8})$"), _route),
    (
        re.compile(r"(?i)(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])"),
        lambda found, masks: masks.of("mac", found[0], "02:00:00:00:00:{:02x}"),
    ),
    (
        re.compile(r"(?<![\w.:+~-])(?P<address>(?:\d{1,3}\.){3}\d{1,3})(?:/(?P<length>\d{1,2})\b)?(?![\w+~-]|\.\d)"),
        _address,
    ),
    (
        re.compile(
            r"(?i)(?<![\w:.])(?P<address>(?:[0-9a-f]{1,4}::?){2,}[0-9a-f]{0,4})(?:/(?P<length>\d{1,3})\b)?(?![\w:])"
        ),
        _address,
    ),
)
"""In this order: what is a token is no longer looked at as a name."""
