"""What containers' traffic needs of the host: forwarding, chains, sizes, name servers, free address pools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from checks.catalog.engine_config import document
from checks.catalog.engine_links import ENGINE_LINKS, is_loopback
from checks.catalog.ufw import asked_in_vain
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import RESTART_DOCKER, by_commands, by_hand
from provisioning import daemon_json
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.daemon_config import DAEMON_CONFIG


def judge_forward(facts: Facts) -> Verdict:
    if facts[ENGINE_LINKS].forwarding:
        return passed("net.ipv4.ip_forward is 1")
    return failed(
        "IPv4 forwarding is disabled. Networking will not work.",
        cause="Something turned net.ipv4.ip_forward off after dockerd had turned it on.",
        remedy=by_commands(
            ("sysctl", "-w", "net.ipv4.ip_forward=1"),
            words="Find who sets it to 0 (grep -r ip_forward /etc/sysctl.conf /etc/sysctl.d), then",
        ),
    )


def judge_chains(facts: Facts) -> Verdict:
    if document(facts).get("iptables") is False:
        return not_applicable('"iptables": false in daemon.json')
    links = facts[ENGINE_LINKS]
    if links.firewall == "missing" and "nft" not in links.chains:
        return unknown("iptables is not there to ask")
    if not links.firewall.startswith("read"):
        return unknown(f"iptables could not be asked ({links.firewall}); root may")
    missing = [name for name in ("nat", "forward") if name not in links.chains]
    if not missing or "nft" in links.chains:
        return passed("Docker's chains are in place")
    culprit = "firewalld" if links.firewalld else "another firewall, or a flush"
    return failed(
        f"no DOCKER chain in {' and '.join(missing)} (iptables: No chain/target/match by that name)",
        cause=f"Docker's firewall rules were removed after dockerd started: {culprit}.",
        remedy=RESTART_DOCKER,
    )


def judge_mtu(facts: Facts) -> Verdict:
    links = facts[ENGINE_LINKS]
    size = links.sizes.get(links.way_out, 0)
    if not size or not links.bridges:
        return not_applicable("no default route over IPv4" if not size else "no bridge of Docker's")
    larger = {name: mtu for name, mtu in links.bridges.items() if mtu > size}
    if not larger:
        return passed(f"{links.way_out} takes {size}, Docker's bridges no more")
    return failed(
        f"{', '.join(f'{name} {mtu}' for name, mtu in larger.items())}, but {links.way_out} takes {size}",
        cause="Packets that fit the bridge do not fit the way out: pulls and TLS inside containers hang.",
        remedy=by_hand(
            f'Put "mtu": {size} and "default-network-opts": {{"bridge": {{"com.docker.network.driver.mtu": "{size}"}}}}'
            f" into {daemon_json.PATH}, restart Docker, and make networks of your own anew"
        ),
    )


_BRIDGES = ("docker0", "br-+")
"""Docker's own, and those of networks that somebody made (ufw-docker#63)."""


def judge_dns(facts: Facts) -> Verdict:
    chosen = [str(server) for server in document(facts).get("dns") or ()]
    links = facts[ENGINE_LINKS]
    if kept := asked_in_vain(facts, tuple(chosen) or links.inherited):
        return failed(
            f"containers ask {kept}, which is the host itself, and ufw has no rule for port 53",
            cause="ufw keeps containers from the host's name server: Temporary failure in name resolution.",
            remedy=by_commands(*(("ufw", "allow", "in", "on", link, "to", "any", "port", "53") for link in _BRIDGES)),
        )
    if chosen:
        return _chosen_servers(chosen)
    if links.inherited:
        return passed(f"containers ask {', '.join(links.inherited)}")
    local = f"only {', '.join(links.name_servers)}" if links.name_servers else "none"
    return failed(
        f"name servers of the host: {local}",
        cause="A container cannot reach what listens on the host's loopback: Docker gives it 8.8.8.8 instead.",
        remedy=by_hand(f'Put "dns": ["ADDRESS"] with a server that containers reach into {daemon_json.PATH}'),
    )


def _chosen_servers(chosen: list[str]) -> Verdict:
    try:
        loops = [server for server in chosen if is_loopback(server)]
    except ValueError as error:
        raise UnknownFact(DAEMON_CONFIG.name, f'"dns" holds no address ({error})') from error
    if not loops:
        return passed(f"containers ask {', '.join(chosen)}")
    return failed(
        f'"dns" in {daemon_json.PATH}: {", ".join(loops)}',
        cause="Inside a container that is the container itself: Temporary failure in name resolution.",
        remedy=by_hand(f'Take "dns" out of {daemon_json.PATH} or name a server that is not loopback; restart Docker'),
    )


# moby, libnetwork/ipamutils: the pools that networks come from where daemon.json names none.
DEFAULT_POOLS = (
    *((IPv4Network(f"172.{second}.0.0/16"), 16) for second in range(17, 32)),
    (IPv4Network("192.168.0.0/16"), 20),
)


def _pools(settings: Mapping[str, Any]) -> Iterable[tuple[IPv4Network | IPv6Network, int]]:
    named = settings.get("default-address-pools")
    try:
        return [(ip_network(p["base"], strict=False), int(p["size"])) for p in named] if named else DEFAULT_POOLS
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownFact(DAEMON_CONFIG.name, f'"default-address-pools" cannot be read ({error})') from error


def _room(settings: Mapping[str, Any], taken: Iterable[IPv4Network]) -> int:
    """Return how many new networks could still get a subnet. In numbers: there may be thousands."""
    used = [(int(network.network_address), int(network.broadcast_address)) for network in taken]
    return sum(
        all(last < start or first > start + step - 1 for first, last in used)
        for base, size in _pools(settings)
        if isinstance(base, IPv4Network) and base.prefixlen <= size <= base.prefixlen + 12
        for step in [1 << 32 - size]
        for start in range(int(base.network_address), int(base.broadcast_address) + 1, step)
    )


def judge_pools(facts: Facts) -> Verdict:
    links = facts[ENGINE_LINKS]
    clashes = [
        f"{bridge} {network} and {link} {other}"
        for bridge, network in links.docker_routes.items()
        for link, other in links.other_routes
        if IPv4Network(network).overlaps(IPv4Network(other))
    ]
    if clashes:
        return failed(
            "; ".join(clashes),
            cause="A network of Docker's has addresses of the host's own: one of the two is out of reach.",
            remedy=by_hand(
                f'Give Docker others in {daemon_json.PATH}: "bip" for docker0, "default-address-pools" for the rest;'
                " restart Docker, and make the networks anew"
            ),
        )
    routed = (*links.docker_routes.values(), *(network for _, network in links.other_routes))
    left = _room(document(facts), map(IPv4Network, routed))
    if left:
        return passed(f"no overlap, room for {left} more networks")
    return failed(
        f"{len(links.docker_routes)} networks, and none left",
        cause="all predefined address pools have been fully subnetted: the next network cannot be made.",
        remedy=by_hand(
            f"docker network prune removes those without containers; more come from "
            f'"default-address-pools" in {daemon_json.PATH}'
        ),
    )


_RUNNING = ("dk.running",)
FORWARD = Check("dk.forward", "The kernel forwards packets", judge_forward, needs=_RUNNING)
CHAINS = Check("dk.iptables", "Docker's firewall chains are in place", judge_chains, needs=_RUNNING)
MTU = Check("dk.mtu", "Docker's bridges fit the way out", judge_mtu, Severity.WARNING, _RUNNING)
DNS = Check("dk.dns", "Containers inherit name servers they can reach", judge_dns, Severity.WARNING, ("dk.json",))
POOLS = Check(
    "dk.pools", "Docker's networks clash with none, and there is room", judge_pools, Severity.WARNING, _RUNNING
)
