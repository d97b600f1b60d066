"""What containers' traffic needs of the host: faults by name, and networks that are sound in a way of their own."""

from __future__ import annotations

import pytest

from checks.catalog import engine_links
from checks.catalog.engine_network import judge_chains, judge_dns, judge_mtu, judge_pools
from checks.model import Status, Verdict
from provisioning.probe import UnknownFact
from tests.unit.checks.one_fault import named
from tests.unit.described.engine import LINKS
from tests.unit.described_host import READY, daemon_json, ready

HEALTHY = READY["engine_links"]
READ = "firewall read\nchain nat\nchain forward\n"
SERVER = "nameserver /etc/resolv.conf 10.0.2.3\n"
STUB = "nameserver /etc/resolv.conf 127.0.0.53\n"
BEHIND = "nameserver /run/systemd/resolve/resolv.conf 10.0.2.3\n"
ONE_POOL = '{"default-address-pools": [{"base": "172.17.0.0/16", "size": 16}]}'


def links(old: str, new: str) -> dict[str, str]:
    assert old in HEALTHY
    return {"engine_links": HEALTHY.replace(old, new)}


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        (
            links("forward 1\n", "forward 0\n"),
            "dk.forward",
            "IPv4 forwarding is disabled. Networking will not work.",
            "sysctl -w net.ipv4.ip_forward=1",
        ),
        (links("chain nat\n", ""), "dk.iptables", "No chain/target/match by that name", "systemctl restart docker"),
        (links("chain forward\n", ""), "dk.iptables", "no DOCKER chain in forward", "systemctl restart docker"),
        (
            links(READ, "firewall read\nfirewalld active\n"),
            "dk.iptables",
            "nat and forward (iptables: No chain/target/match by that name) Docker's firewall rules were removed after "
            "dockerd started: firewalld",
            "systemctl restart docker",
        ),
        (links("eth0 plain 1500", "eth0 plain 1450"), "dk.mtu", "docker0 1500, but eth0 takes 1450", '"mtu": 1450'),
        (
            links("lo plain", "br-0123456789ab bridge 9000\nlink lo plain"),
            "dk.mtu",
            "br-0123456789ab 9000",
            'driver.mtu": "1500"',
        ),
        (links(SERVER, "nameserver /etc/resolv.conf 127.0.0.1\n"), "dk.dns", "only 127.0.0.1", '"dns": ["ADDRESS"]'),
        (links(SERVER, "nameserver /etc/resolv.conf ::1\n"), "dk.dns", "8.8.8.8 instead", '"dns": ["ADDRESS"]'),
        (links(SERVER, STUB), "dk.dns", "only 127.0.0.53", '"dns": ["ADDRESS"]'),
        (links(SERVER, ""), "dk.dns", "none", '"dns": ["ADDRESS"]'),
        (daemon_json('{"dns": ["127.0.0.53"]}'), "dk.dns", "Temporary failure in name resolution", 'Take "dns" out'),
        (
            links("route eth0 0002000A 00FFFFFF", "route eth0 000010AC 0000F0FF"),
            "dk.pools",
            "docker0 172.17.0.0/16 and eth0 172.16.0.0/12",
            '"bip" for docker0',
        ),
        (daemon_json(ONE_POOL), "dk.pools", "pools have been fully subnetted", "docker network prune"),
    ],
)
def test_one_fault_of_the_network(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    named(broken, check, cause, remedy)


def firewall(told: str) -> Verdict:
    return judge_chains(ready(engine_links=LINKS + told))


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (firewall("firewall closed\n"), Status.UNKNOWN),
        (firewall("firewall missing\n"), Status.UNKNOWN),
        (firewall("firewall unasked\n"), Status.UNKNOWN),
        (firewall("firewall error Another app is currently holding the xtables lock\n"), Status.UNKNOWN),
        (firewall("firewall read\nchain nft\n"), Status.PASS),
        (judge_chains(ready(**daemon_json('{"iptables": false}'))), Status.NOT_APPLICABLE),
        (judge_mtu(ready(**links("route eth0 00000000 00000000\n", ""))), Status.NOT_APPLICABLE),
        (judge_mtu(ready(**links("docker0 bridge", "virbr0 bridge"))), Status.NOT_APPLICABLE),
        (judge_mtu(ready(**links("eth0 plain 1500", "eth0 plain 9001"))), Status.PASS),
        (judge_dns(ready(**links(SERVER, STUB + BEHIND))), Status.PASS),
        (judge_dns(ready(**daemon_json('{"dns": ["10.0.2.3"]}'), **links(SERVER, STUB))), Status.PASS),
        (judge_dns(ready(**links("10.0.2.3", "fe80::1%eth0"))), Status.PASS),
    ],
)
def test_edges(verdict: Verdict, status: Status) -> None:
    assert verdict.status is status


def test_pools_are_counted_without_what_is_taken() -> None:
    assert judge_pools(ready()).seen == "no overlap, room for 30 more networks"


@pytest.mark.parametrize(
    ("judge", "document"),
    [
        (judge_dns, '{"dns": ["nonsense"]}'),
        (judge_pools, '{"default-address-pools": [{"base": "nonsense", "size": 16}]}'),
        (judge_pools, '{"default-address-pools": ["nonsense"]}'),
        (judge_dns, "{"),
    ],
)
def test_settings_that_cannot_be_read_are_unknown(judge: object, document: str) -> None:
    with pytest.raises(UnknownFact):
        judge(ready(**daemon_json(document)))  # type: ignore[operator]


def test_routes_are_read_from_the_kernels_hexadecimal() -> None:
    found = engine_links.parse(HEALTHY)
    assert found.docker_routes == {"docker0": "172.17.0.0/16"}
    assert found.other_routes == (("eth0", "10.0.2.0/24"),) and found.way_out == "eth0"


def test_saved_facts_keep_private_networks_and_no_public_address() -> None:
    told = HEALTHY + "route eth0 08080808 FFFFFFFF\n" + BEHIND + STUB
    shown = engine_links.redact(told)
    assert "08080808" not in shown and "10.0.2.3" not in shown
    assert "000011AC" in shown and "127.0.0.53" in shown
    assert engine_links.parse(shown).docker_routes == engine_links.parse(HEALTHY).docker_routes
