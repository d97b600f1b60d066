"""Decide which hosts a person means: `[user@]name[:port]`, `[v6]:port`, a bare IPv6 address or an ssh alias."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

from provisioning.errors import UsageError

VM_PREFIX = "toolbox:"
"""`toolbox:default` is the VM of that name, of Docker Toolbox on this machine."""

FORM = "[user@]name[:port], [user@][IPv6]:port, an IPv6 address, an ssh alias or toolbox:VM; several with commas"

# A name ends up in the `%h`, a user in the `%r` of somebody's ProxyCommand, which a shell reads (CVE-2023-51385).
# OpenSSH 9.6 refuses the same characters.
_FORBIDDEN = re.compile(r"""[\s\x00-\x1f\x7f-\x9f'"`$\\;&<>|(){}/]""")


@dataclass(frozen=True)
class Address:
    """One host as it was asked for. `user` and `port` are None where ssh's configuration decides."""

    text: str
    user: str | None
    name: str
    port: int | None
    vm: str = ""
    """The VM of Docker Toolbox that is meant instead of a host that ssh reaches."""


def parse_hosts(text: str) -> tuple[Address, ...]:
    """Return the hosts named in `text`, in that order. Raises UsageError for what cannot be a host, and for doubles."""
    addresses = tuple(parse_host(part) for part in text.split(","))
    _refuse_doubles(addresses)
    return addresses


def parse_host(text: str) -> Address:
    """Return the one host that `text` names. Raises UsageError."""
    vm = text.removeprefix(VM_PREFIX)
    if vm != text and not vm.isdecimal():  # digits are the port of a host that is called so
        _check(text, vm, "VM's name")
        return Address(text, None, text, None, vm)
    user, at, host = text.rpartition("@")
    if at:
        _check(text, user, "user")
    name, port = _name_and_port(text, host)
    _check(text, name, "host name")
    return Address(text, user if at else None, name, port)


def _name_and_port(text: str, host: str) -> tuple[str, int | None]:
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise _refusal(text, "its bracket is not closed, or something else than `:port` follows")
        return _ipv6(text, name), _port(text, rest[1:]) if rest else None
    if host.count(":") > 1:
        return _ipv6(text, host), None
    name, colon, port = host.partition(":")
    return name, _port(text, port) if colon else None


def _ipv6(text: str, name: str) -> str:
    try:
        IPv6Address(name)
    except AddressValueError as problem:
        raise _refusal(text, f"{name!r} is no IPv6 address") from problem
    return name


def _port(text: str, digits: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", digits) or not 1 <= int(digits) <= 65535:
        raise _refusal(text, f"{digits!r} is no port from 1 to 65535")
    return int(digits)


def _check(text: str, value: str, what: str) -> None:
    if not value:
        raise _refusal(text, f"its {what} is empty")
    if value.startswith("-"):
        raise _refusal(text, f"a {what} does not start with a dash, which would make it an option of ssh")
    found = _FORBIDDEN.search(value)
    if found:
        raise _refusal(text, f"a {what} does not hold {found.group()!r}")


def _refuse_doubles(addresses: Iterable[Address]) -> None:
    seen: set[tuple[str | None, str, int | None]] = set()
    for address in addresses:
        key = (address.user, address.name.lower(), address.port)
        if key in seen:
            raise _refusal(address.text, "it is named twice")
        seen.add(key)


def _refusal(text: str, why: str) -> UsageError:
    return UsageError(f"HOST {text!r} cannot be meant: {why}.", f"Allowed: {FORM}.")
