"""Saved facts: nothing that tells of people and places, and still the same judgement."""

from __future__ import annotations

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import graph
from checks.masking import Masks, mask
from checks.recording import recorded
from provisioning.probe import UnknownFact, from_json, to_json
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.engine import DAEMON
from provisioning.probes.login import LOGIN
from tests.unit.checks.judged_host import HEALTHY
from tests.unit.described_host import READY, UUID, daemon_json, facts, ready

KEY = b"0123456789abcdef"


def masked(text: str, *users: str) -> str:
    return mask(text, Masks(users=users, hosts=("gpu1",), key=KEY))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uid=1000(alice) gid=1000(alice)", "uid=1000(user1) gid=1000(user1)"),
        ("Alice logged in to gpu1, not to gpu12", "user1 logged in to host1, not to gpu12"),
        ("malice alice-x", "malice alice-x"),
        ("/home/bob/x /home/bob/y /home/carol", "/home/user1/x /home/user1/y /home/user2"),
        (f"UUID: {UUID}", "UUID: GPU-00000000-0000-0000-0000-000000000001"),
        ("<serial>1320221016241</serial>", "<serial>0000000001</serial>"),
        ("<serial>N/A</serial>", "<serial>N/A</serial>"),
        ("Serial Number: 1320221016241", "Serial Number: 0000000001"),
        ("ether 02:42:ac:11:00:02 brd", "ether 02:00:00:00:00:01 brd"),
        ("http://user:pass@proxy:3128/", "http://***@proxy:3128/"),
        ("token=abcdef", "token=***"),
        ('"HUB_PASSWORD": "hunter2", "x": 1', '"HUB_PASSWORD": "***", "x": 1'),
        ("Authorization: Bearer abcdefgh1234", "Authorization: Bearer ***"),
        ("docker login -p ghp_0123456789abcdef0123", "docker login -p ***"),
    ],
)
def test_names_serials_and_tokens_are_masked(text: str, expected: str) -> None:
    assert masked(text, "alice") == expected


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.53 0.0.0.0 255.255.255.0 ::1", "03:04:05 UTC", "0000:18:00.0", "00000000:18:00.0"),
        *("docker-ce 5:28.5.1-1~debian.13~trixie", "libnvidia 12.4.127.1-1", "driver 550.163.01", "nvidia.com/gpu=all"),
        *("max_user_instances 128", "kernel 6.8.0-1010-aws", "sha256:0123456789abcdef", "std::string"),
    ],
)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "8.8.8.8", "192.168.1.7", "2a00:1450:4001::5", "fe80::1ff:fe23:4567:890a"]
)
def test_an_address_is_replaced_by_another_of_its_kind(address: str) -> None:
    hidden = masked(f"via {address} dev").split()[1]
    assert hidden != address
    assert ipaddress.ip_address(hidden).version == ipaddress.ip_address(address).version
    assert ipaddress.ip_address(hidden).is_private or not ipaddress.ip_address(address).is_private


@given(st.sampled_from(["10.0.0.0/8", "172.16.0.0/12"]), st.integers(0, 2**20 - 1), st.integers(0, 2**20 - 1))
def test_networks_that_overlap_still_do(network: str, one: int, other: int) -> None:
    """Red when a mask is not a function of the address's own first bits: `dk.pools` would judge otherwise."""
    first, second = (ipaddress.ip_network(network)[number] for number in (one, other))
    hidden = [int(ipaddress.ip_address(text)) for text in masked(f"{first} {second}").split()]
    assert (hidden[0] ^ hidden[1]).bit_length() == (one ^ other).bit_length()
    assert ipaddress.ip_address(hidden[0]) in ipaddress.ip_network(network)


@pytest.mark.parametrize(
    "network", ["10.20.0.0/16", "172.31.16.0/20", "192.168.7.0/24", "fd00:1:2::/64", "203.0.113.0/24"]
)
def test_a_network_stays_one(network: str) -> None:
    hidden = masked(network)
    assert hidden != network
    assert ipaddress.ip_network(hidden).prefixlen == ipaddress.ip_network(network).prefixlen  # raises on host bits


def test_a_route_of_the_kernel_gets_the_mask_of_its_network() -> None:
    """Red when /proc/net/route is left as it is: it has the same networks in hexadecimal."""
    text = masked("bridge 10.213.47.0/24\nroute host0 002FD50A 00FFFFFF\nroute host0 00000000 00000000\n")
    bridge, row, default = text.splitlines()
    network = ipaddress.ip_network(bridge.split()[1])
    assert bytes.fromhex(row.split()[2])[::-1] == network.network_address.packed != bytes([10, 213, 47, 0])
    assert default == "route host0 00000000 00000000"


@given(st.text())
def test_masking_takes_any_text_and_is_done_after_one_go(text: str) -> None:
    assert isinstance(masked(text, "alice"), str)


def test_a_recorded_host_is_judged_as_the_real_one() -> None:
    """Red when a mask breaks what a probe reads."""
    real, saved = (graph.judge(told, graph.all_checks()) for told in (HEALTHY, recorded(HEALTHY, "admin@gpu1")))
    assert [(each.check, each.status) for each in saved] == [(each.check, each.status) for each in real]


def test_a_saved_file_has_no_name_and_no_address_in_it() -> None:
    config = daemon_json('{"insecure-registries": ["10.77.0.9:5000"], "data-root": "/home/alice/docker"}')
    login = READY["login"].replace("admin", "alice")
    sources = READY["apt_sources"]
    saved = to_json(recorded(ready(**config, login=login, apt_sources=sources), "alice@gpu1:2222"))
    again = from_json(saved, "x")
    texts = [answer.output for answer in again.answers.values()]
    assert again.redacted and again[LOGIN].user == "user1" and again[LOGIN].docker_members == {"user1"}
    shown = json.loads(again[DAEMON_CONFIG].text)
    assert shown["data-root"] == "/home/user1/docker"
    assert not any(
        word in text + again[DAEMON_CONFIG].text for text in texts for word in ("alice", "gpu1", "10.77.0.9")
    )


def test_what_an_older_gpudock_did_not_ask_is_unknown_and_says_why() -> None:
    older = facts({name: text for name, text in READY.items() if name != "login"})
    with pytest.raises(UnknownFact, match="login: not among the saved facts"):
        recorded(older, "admin@gpu1")[LOGIN]


def test_a_user_named_after_a_system_spoils_nothing() -> None:
    told = facts({**READY, "login": READY["login"].replace("admin", "ubuntu")})
    assert recorded(told, "ubuntu@gpu1")[LOGIN].user == "ubuntu"


def test_a_registry_mirror_is_a_host_too() -> None:
    daemon = READY["daemon"].replace('"Mirrors": []', '"Mirrors": ["https://hub.corp:5000/"]')
    told = ready(daemon=daemon, **daemon_json('{"registry-mirrors": ["https://hub.corp:5000/"]}'))
    again = recorded(told, "admin@gpu1")
    engine = again[DAEMON].engine
    assert engine is not None
    assert "hub.corp" not in engine.registry_mirrors[0]
    assert json.loads(again[DAEMON_CONFIG].text)["registry-mirrors"] == list(engine.registry_mirrors)
