"""Decide where a host is and how to log in there, from what `ssh -G` answers: the route, one hop after the other."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provisioning.errors import UsageError
from provisioning.hosts import Address, parse_host
from provisioning.runners.model import Access

Ask = Callable[[Address, Access], str]
"""Return the text of `ssh -G` for one host."""

# ssh prints these lists without quotes, so a path with a space is told apart by how the next one starts.
_NEXT_PATH = re.compile(r"\s+(?=[/~]|[A-Za-z]:[/\\])")
_IN_PLACE_OF_NOTHING = ("none", "")


@dataclass(frozen=True)
class Hop:
    """One login on the way to a host. `name` is what is looked up in DNS, `text` what people wrote."""

    text: str
    name: str
    port: int
    user: str
    identities: tuple[Path, ...]
    identities_only: bool
    agent: str | None
    """Path of the agent's socket; empty for the system's own (Windows has one); None to use no agent."""
    known_hosts: tuple[Path, ...]
    """The user's files, then the machine's; new keys go to the first of the user's."""
    writable_known_hosts: Path | None
    hash_known_hosts: bool
    host_key_alias: str | None
    accept_new: bool
    timeout: int
    """Seconds to connect, for each step of it."""
    proxy_command: str | None
    jumps: tuple[Address, ...]

    @property
    def shown(self) -> str:
        place = self.name if self.port == 22 else f"{self.name} port {self.port}"
        return self.text if self.name in self.text else f"{self.text} ({place})"


def find_route(address: Address, access: Access, ask: Ask) -> tuple[Hop, ...]:
    """Return the hops to log in to, `address` last. Raises UsageError when a ProxyJump leads in a circle."""
    return _route(address, access, ask, None, frozenset())


def _route(
    address: Address, access: Access, ask: Ask, jumps: Sequence[Address] | None, seen: frozenset[object]
) -> tuple[Hop, ...]:
    hop = read_hop(address, access, ask(address, access))
    if jumps is not None:  # like ssh -J: stands in for what the configuration says of this hop
        hop = replace(hop, jumps=tuple(jumps), proxy_command=None)
    asked = (address.user, address.name, address.port)
    if asked in seen:
        raise UsageError(f"ProxyJump leads in a circle: back to {address.text}.", _NO_CIRCLE)
    if not hop.jumps:
        return (hop,)
    *earlier, last = hop.jumps
    # A gateway is asked for as ssh does: with the configuration, but without what was said about the host itself.
    through = replace(access, identity=None)
    return (*_route(last, through, ask, earlier or None, seen | {asked}), replace(hop, proxy_command=None))


_NO_CIRCLE = "Write `ProxyJump none` for the gateway itself in ssh's configuration."


def read_hop(address: Address, access: Access, answer: str) -> Hop:
    """Return the hop that the text of `ssh -G` describes. The user and port of `address` win."""
    said = _Said(answer)
    name, port = said.one("hostname") or address.name, address.port or int(said.one("port") or 22)
    user, alias = address.user or said.one("user") or getpass.getuser(), said.one("hostkeyalias")
    tokens = {"h": name, "n": address.name, "p": str(port), "r": user, "k": alias or name}
    tokens |= {"u": getpass.getuser(), "d": str(Path.home()), "%": "%"}
    proxy_command, own = said.one("proxycommand"), said.paths("userknownhostsfile", tokens)
    return Hop(
        text=address.text,
        name=name,
        port=port,
        user=user,
        identities=tuple(_path(each, tokens) for each in said.all("identityfile")),
        identities_only=said.one("identitiesonly") == "yes",
        agent=None if said.refuses("identityagent") else _agent(said.one("identityagent"), tokens),
        known_hosts=own + said.paths("globalknownhostsfile", tokens),
        writable_known_hosts=own[0] if own else None,
        hash_known_hosts=said.one("hashknownhosts") == "yes",
        host_key_alias=alias,
        accept_new=access.accept_new_host_keys or said.one("stricthostkeychecking") == "accept-new",
        timeout=_timeout(access, said.one("connecttimeout")),
        proxy_command=_expand(proxy_command, tokens, {}) if proxy_command else None,
        jumps=tuple(parse_host(each) for each in (said.one("proxyjump") or "").split(",") if each),
    )


class _Said:
    """The lines of `ssh -G`: a keyword in lower case, a space, the value; a keyword may come again."""

    def __init__(self, answer: str) -> None:
        pairs = (line.partition(" ")[::2] for line in answer.splitlines())
        self._pairs = list(pairs)

    def all(self, key: str) -> list[str]:
        return [value for found, value in self._pairs if found == key and value not in _IN_PLACE_OF_NOTHING]

    def one(self, key: str) -> str | None:
        return next(iter(self.all(key)), None)

    def refuses(self, key: str) -> bool:
        return (key, "none") in self._pairs

    def paths(self, key: str, tokens: Mapping[str, str]) -> tuple[Path, ...]:
        return tuple(_path(each, tokens) for each in _NEXT_PATH.split(self.one(key) or "") if each)


def _path(text: str, tokens: Mapping[str, str]) -> Path:
    return Path(_expand(text, tokens, os.environ)).expanduser()


def _expand(text: str, tokens: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Replace ssh's `%h` and, where ssh does, `${NAME}`. What is not known stays as it is."""
    text = re.sub(r"\$\{(\w+)\}", lambda found: environment.get(found[1], found[0]), text)
    return re.sub("%(.)", lambda found: tokens.get(found[1], found[0]), text)


def _agent(said: str | None, tokens: Mapping[str, str]) -> str | None:
    """Return the agent that `IdentityAgent` names: a path, `SSH_AUTH_SOCK`, or `$NAME`."""
    if said in (None, "SSH_AUTH_SOCK"):
        return os.environ.get("SSH_AUTH_SOCK", "")
    if said.startswith("$") and not said.startswith("${"):
        return os.environ.get(said[1:])
    return str(_path(said, tokens))


def _timeout(access: Access, said: str | None) -> int:
    """Return what was asked for on the command line, else in ssh's configuration, else the default."""
    if said is None or access.connect_timeout != Access.connect_timeout:
        return access.connect_timeout
    return int(said)
