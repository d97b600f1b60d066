"""The host's network as Docker meets it: forwarding, its firewall chains, routes, interface sizes, name servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address

from provisioning.probe import Probe

# Read from /proc and /sys by the shell itself: a process costs a host more than all of this. iptables-save looks at the
# tables that are loaded; `iptables -S` would load what is not.
SNIPPET = """
read -r forward </proc/sys/net/ipv4/ip_forward
[ -n "$forward" ] || exit 1
echo "forward $forward"
for link in /sys/class/net/*; do
  kind=plain; [ -d "$link/bridge" ] && kind=bridge
  read -r mtu 2>/dev/null <"$link/mtu" && echo "link ${link##*/} $kind $mtu"
done
while read -r link to gateway flags refs use metric mask rest; do
  [ "$link" = Iface ] || echo "route $link $to $mask"
done </proc/net/route
for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf; do
  [ -r "$file" ] && while read -r key server rest || [ -n "$key" ]; do
    [ "$key" = nameserver ] && echo "nameserver $file $server"
  done <"$file"
done
[ -w /proc/sys/net/ipv4/ip_forward ] || { echo "firewall closed"; exit 0; }
comm=; pid=
read -r pid 2>/dev/null </var/run/docker.pid; read -r comm 2>/dev/null </proc/"$pid"/comm
[ "$comm" = dockerd ] || { echo "firewall unasked"; exit 0; }
command -v iptables-save >/dev/null || { echo "firewall missing"; exit 0; }
rules=$(iptables-save 2>&1) || { echo "firewall error ${rules##*:}"; exit 0; }
echo "firewall read"
nat=${rules#*'*nat'}; [ "$nat" != "$rules" ] || nat=; nat=${nat%%COMMIT*}
case $nat in *:DOCKER' '*) echo "chain nat";; esac
case $rules in *'-A FORWARD '*-j' 'DOCKER*) echo "chain forward";; esac
case $nat in
  *:DOCKER' '*) ;;
  *) command -v nft >/dev/null && nft list table ip docker-bridges >/dev/null 2>&1 && echo "chain nft"
    systemctl -q is-active firewalld.service && echo "firewalld active";;
esac
true
"""

DOCKER_BRIDGE = re.compile(r"docker0|docker_gwbridge|br-[0-9a-f]{12}")


@dataclass(frozen=True)
class EngineLinks:
    forwarding: bool
    bridges: Mapping[str, int]
    """Docker's bridges and their MTU."""
    sizes: Mapping[str, int]
    """Every link and its MTU."""
    way_out: str
    """The link of the default route, '' without one."""
    docker_routes: Mapping[str, str]
    """Link → network, such as 172.17.0.0/16."""
    other_routes: tuple[tuple[str, str], ...]
    """(link, network), without default routes."""
    name_servers: tuple[str, ...]
    """Those that containers inherit: of systemd-resolved's own list where /etc/resolv.conf names its stub."""
    firewall: str
    """`read`, `closed` to this user, `unasked` as no engine runs, `missing`, or `error` with iptables' words."""
    chains: frozenset[str]
    firewalld: bool

    @property
    def inherited(self) -> tuple[str, ...]:
        """Return the name servers that mean something inside a container too."""
        return tuple(server for server in self.name_servers if not is_loopback(server))


def is_loopback(server: str) -> bool:
    return ip_address(server.partition("%")[0]).is_loopback


def _network(to: str, mask: str) -> IPv4Network:
    """Read /proc/net/route's hexadecimal, which is in the byte order of the machine: little on all that are served."""
    address, bits = (int.from_bytes(bytes.fromhex(text), "little") for text in (to, mask))
    return IPv4Network((address, bin(bits).count("1")))


def _servers(rows: list[list[str]]) -> tuple[str, ...]:
    named = {path: [row[2] for row in rows if row[1] == path] for path in (row[1] for row in rows)}
    stub = named.get("/etc/resolv.conf", [])
    behind = named.get("/run/systemd/resolve/resolv.conf", [])
    return tuple(behind if stub == ["127.0.0.53"] and behind else stub)


def parse(text: str) -> EngineLinks:
    rows = [line.split() for line in text.splitlines()]
    by = {key: [row for row in rows if row[0] == key] for key in (row[0] for row in rows)}
    links = {row[1]: (row[2], int(row[3])) for row in by.get("link", []) if len(row) == 4}
    routes = [(row[1], _network(row[2], row[3])) for row in by.get("route", [])]
    told = [(link, str(network)) for link, network in routes if network.prefixlen]
    servers = _servers(by.get("nameserver", []))
    for server in servers:
        is_loopback(server)  # an address, or no answer at all
    return EngineLinks(
        forwarding=by["forward"][0][1] == "1",
        bridges={
            name: mtu for name, (kind, mtu) in links.items() if kind == "bridge" and DOCKER_BRIDGE.fullmatch(name)
        },
        sizes={name: mtu for name, (_, mtu) in links.items()},
        way_out=next((link for link, network in routes if not network.prefixlen), ""),
        docker_routes={link: network for link, network in told if DOCKER_BRIDGE.fullmatch(link)},
        other_routes=tuple((link, network) for link, network in told if not DOCKER_BRIDGE.fullmatch(link)),
        name_servers=servers,
        firewall=" ".join(by["firewall"][0][1:]),
        chains=frozenset(row[1] for row in by.get("chain", [])),
        firewalld="firewalld" in by,
    )


def redact(text: str) -> str:
    """Hide public routes and where names are asked; private networks are the same everywhere and stay."""
    return "\n".join(_shown(line) for line in text.splitlines() if not _public_route(line))


def _public_route(line: str) -> bool:
    row = line.split()
    return row[:1] == ["route"] and not (_network(row[2], row[3]).is_private or not _network(row[2], row[3]).prefixlen)


def _shown(line: str) -> str:
    row = line.split()
    if row[:1] != ["nameserver"] or is_loopback(row[2]):
        return line
    return f"nameserver {row[1]} 192.0.2.53"


ENGINE_LINKS = Probe("engine_links", SNIPPET, parse, redact=redact)
