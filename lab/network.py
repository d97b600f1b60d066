"""The lab's network: a bridge with an address, and a way out for its hosts by NAT."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from lab.places import STATE
from lab.shell import run, succeeds
from provisioning.errors import LabUnavailable

BRIDGE = "gpudock0"
CANDIDATES = tuple(IPv4Network(f"10.{second}.47.0/24") for second in (213, 139, 87, 46))
FIRST_HOST = 10
IP_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
RECORD = STATE / "network.json"


@dataclass(frozen=True, slots=True)
class Network:
    """The subnet of the bridge, and what the machine's ip_forward was before the lab."""

    subnet: IPv4Network
    ip_forward_before: str

    @property
    def gateway(self) -> IPv4Address:
        return self.subnet[1]


def free_subnet(routes: Iterable[Mapping[str, str]]) -> IPv4Network:
    """Choose a subnet that no route of the machine touches (`routes` as `ip -json route` lists them).

    Raises LabUnavailable when all are taken.
    """
    taken = [IPv4Network(route["dst"]) for route in routes if route["dst"] != "default" and route.get("dev") != BRIDGE]
    for candidate in CANDIDATES:
        if not any(candidate.overlaps(other) for other in taken):
            return candidate
    listed = ", ".join(map(str, CANDIDATES))
    raise LabUnavailable(f"The lab needs one of the networks {listed}, and this machine uses them all.")


def free_address(subnet: IPv4Network, taken: Iterable[str]) -> str:
    """Return the lowest address for a host that nobody has; raises LabUnavailable when there is none."""
    used = set(taken)
    for address in list(subnet.hosts())[FIRST_HOST - 1 :]:
        if str(address) not in used:
            return str(address)
    raise LabUnavailable(f"All addresses of {subnet} are in use.", "Remove hosts: ./gpudock lab.down --purge")


def link_address(address: str) -> str:
    """Return the MAC address that goes with an IPv4 address for good: nobody's ARP cache is ever wrong.

    An address that came back with another MAC was unreachable for nine seconds.
    """
    return ":".join(f"{byte:02x}" for byte in (0x02, 0x67, *IPv4Address(address).packed))


def rules(subnet: IPv4Network) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """List (table, chain, rule) of what the hosts need; FORWARD and INPUT may be closed by a firewall."""
    return (
        ("nat", "POSTROUTING", ("-s", str(subnet), "!", "-o", BRIDGE, "-j", "MASQUERADE")),
        ("filter", "FORWARD", ("-i", BRIDGE, "-j", "ACCEPT")),
        ("filter", "FORWARD", ("-o", BRIDGE, "-j", "ACCEPT")),
        ("filter", "INPUT", ("-i", BRIDGE, "-j", "ACCEPT")),
    )


def connect() -> Network:
    """Make the bridge, its address and its rules where they are missing; nothing lasts over a restart."""
    network = _recorded() or _record()
    if not Path("/sys/class/net", BRIDGE).exists():
        # Left to itself a bridge takes the lowest address of its ports, so that it changes as hosts come and go.
        run("ip", "link", "add", BRIDGE, "address", link_address(str(network.gateway)), "type", "bridge")
        run("ip", "address", "add", f"{network.gateway}/{network.subnet.prefixlen}", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")
    IP_FORWARD.write_text("1\n")
    for table, chain, rule in rules(network.subnet):
        if not succeeds("iptables", "-w", "-t", table, "-C", chain, *rule):
            run("iptables", "-w", "-t", table, "-I", chain, *rule)
    return network


def disconnect() -> None:
    """Remove the bridge and its rules, and put ip_forward back."""
    network = _recorded()
    if network is None:
        return
    for table, chain, rule in rules(network.subnet):
        while succeeds("iptables", "-w", "-t", table, "-D", chain, *rule):
            pass
    if Path("/sys/class/net", BRIDGE).exists():
        run("ip", "link", "delete", BRIDGE)
    IP_FORWARD.write_text(f"{network.ip_forward_before}\n")


def _recorded() -> Network | None:
    if not RECORD.exists():
        return None
    record = json.loads(RECORD.read_text())
    return Network(IPv4Network(record["subnet"]), record["ip_forward_before"])


def _record() -> Network:
    subnet = free_subnet(json.loads(run("ip", "-json", "-4", "route", "show")))
    network = Network(subnet, IP_FORWARD.read_text().strip())
    RECORD.write_text(json.dumps({"subnet": str(subnet), "ip_forward_before": network.ip_forward_before}))
    return network
