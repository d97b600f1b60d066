"""The networks and published ports of an inspected container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.containers.spec import Port

Document = Mapping[str, Any]

_DEFAULT = ("default", "bridge", "")


def networks_of(container: Document) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the network that it was made with ('': the engine's own), those it joined since, and further options."""
    mode = str(container["HostConfig"].get("NetworkMode") or "")
    joined = (container.get("NetworkSettings") or {}).get("Networks") or {}
    network = "" if mode in _DEFAULT or mode.startswith("container:") else mode
    others = tuple(sorted(name for name in joined if name not in (mode, *_DEFAULT)))
    aliases = (joined.get(network) or {}).get("Aliases") or ()
    own = {container["Id"][:12], container["Config"].get("Hostname")}
    return network, others, tuple(("--network-alias", each) for each in aliases if each not in own)


def unmade_networks(container: Document) -> Iterator[str]:
    """Yield what of its networks cannot be made again."""
    host = container["HostConfig"]
    if str(host.get("NetworkMode")).startswith("container:"):
        yield f"the network that it shares with another container: {host['NetworkMode']}"
    for link in host.get("Links") or ():
        yield f"its link {link}"
    for name, joined in sorted(((container.get("NetworkSettings") or {}).get("Networks") or {}).items()):
        fixed = (joined.get("IPAMConfig") or {}).get("IPv4Address") or (joined.get("IPAMConfig") or {}).get(
            "IPv6Address"
        )
        if fixed:
            yield f"its fixed address {fixed} on network {name}"
        if joined.get("DriverOpts"):
            yield f"the driver's options on network {name}"
    for port, bindings in sorted((host.get("PortBindings") or {}).items()):
        if any("-" in each["HostPort"] for each in bindings or ()):
            yield f"the range of ports that {port} is published on: one of them is taken"


def ports_of(host: Document) -> Iterator[Port]:
    """Yield the published ports."""
    for inside, bindings in sorted((host.get("PortBindings") or {}).items()):
        number, _, protocol = inside.partition("/")
        for each in bindings or ():
            outside = each["HostPort"].partition("-")[0]
            yield Port(int(number), int(outside) if outside else None, each["HostIp"], protocol or "tcp")
