"""The lab's addresses and firewall rules."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from lab.network import BRIDGE, CANDIDATES, free_address, free_subnet, rules
from provisioning.errors import LabUnavailable

SUBNET = IPv4Network("10.213.47.0/24")


@pytest.mark.parametrize(
    ("routes", "chosen"),
    [
        ([], CANDIDATES[0]),
        ([{"dst": "default", "dev": "eth0"}, {"dst": "192.0.2.0/24", "dev": "eth0"}], CANDIDATES[0]),
        ([{"dst": str(CANDIDATES[0]), "dev": BRIDGE}], CANDIDATES[0]),
        ([{"dst": str(CANDIDATES[0]), "dev": "eth0"}], CANDIDATES[1]),
        ([{"dst": "10.213.47.99", "dev": "tun0"}], CANDIDATES[1]),
        ([{"dst": "10.128.0.0/9", "dev": "vpn0"}], CANDIDATES[2]),
    ],
)
def test_subnet_touches_no_route(routes: list[dict[str, str]], chosen: IPv4Network) -> None:
    assert free_subnet(routes) == chosen


def test_no_free_subnet_says_which_were_tried() -> None:
    with pytest.raises(LabUnavailable, match=str(CANDIDATES[-1])):
        free_subnet([{"dst": "10.0.0.0/8", "dev": "vpn0"}])


@pytest.mark.parametrize(
    ("taken", "address"),
    [([], "10.213.47.10"), (["10.213.47.10", "10.213.47.12"], "10.213.47.11"), (["elsewhere"], "10.213.47.10")],
)
def test_lowest_free_address(taken: list[str], address: str) -> None:
    assert free_address(SUBNET, taken) == address


def test_full_subnet_says_how_to_go_on() -> None:
    with pytest.raises(LabUnavailable, match=r"lab\.down"):
        free_address(SUBNET, [str(address) for address in SUBNET])


def test_rules_masquerade_only_what_leaves_the_bridge() -> None:
    assert rules(SUBNET)[0] == ("nat", "POSTROUTING", ("-s", str(SUBNET), "!", "-o", BRIDGE, "-j", "MASQUERADE"))
    assert {chain for _, chain, _ in rules(SUBNET)[1:]} == {"FORWARD", "INPUT"}
