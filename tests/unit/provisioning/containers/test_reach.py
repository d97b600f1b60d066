"""Which ports the world can reach, and how a container reads to people."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from provisioning.containers import reach
from provisioning.containers.existing import Published, parse
from tests.unit.provisioning.containers.engine_words import CDI, EVERY, PORTS, inspected

NOW = datetime(2026, 11, 20, 15, 40, 48, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.4", True),
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("::1", False),
    ],
)
def test_who_can_reach_an_address(address: str, is_open: bool) -> None:
    assert reach.is_open(Published("80/tcp", address, 1)) is is_open


def test_an_address_that_this_machine_alone_reaches_is_closed() -> None:
    """Red when a port of Docker Toolbox's VM is called open to the world."""
    port = Published("80/tcp", "192.168.99.100", 1)
    assert [reach.is_open(port, own) for own in ("", "192.168.99.101", "192.168.99.100")] == [True, True, False]
    [container] = parse(inspected(ports={"80/tcp": [{"HostIp": port.address, "HostPort": "1"}]}))
    assert list(reach.exposures([container], port.address)) == []
    assert reach.document(container, {}, port.address)["ports"] == [
        {"container": "80/tcp", "address": port.address, "host": 1, "open": False}
    ]


def test_a_port_that_ufw_does_not_guard_is_told() -> None:
    [said] = reach.exposures(parse(inspected(ports=PORTS)))
    assert said.startswith("yy: the world can reach port 8081, past ufw")


def test_several_ports_and_the_hosts_own_network() -> None:
    two = {**PORTS, "90/udp": [{"HostIp": "", "HostPort": "53"}]}
    host_network = inspected("zz").replace("bridge", "host")
    first, second = reach.exposures(parse(f"{inspected(ports=two)}\n{host_network}"))
    assert "ports 53, 8081" in first
    assert second.startswith("zz: it is in the host's own network")


def test_nothing_is_said_of_what_nobody_reaches() -> None:
    closed = {"81/tcp": PORTS["81/tcp"]}
    ended = inspected("zz", status="exited", finished="2026-11-20T14:00:00Z").replace("bridge", "host")
    assert list(reach.exposures(parse(f"{inspected(ports=closed)}\n{ended}"))) == []


def test_ports_as_docker_writes_them() -> None:
    ports = parse(inspected(ports={**PORTS, "9/udp": [{"HostIp": "", "HostPort": "5"}]}))[0].ports
    assert [reach.port_text(port) for port in ports] == [
        "0.0.0.0:8081->80",
        "[::]:8081->80",
        "127.0.0.1:32768->81",
        "0.0.0.0:5->9/udp",
    ]


@pytest.mark.parametrize(
    ("requests", "text"),
    [
        (None, ""),
        ([CDI], "all"),
        ([{**EVERY, "Count": 0, "DeviceIDs": ["GPU-b", "GPU-a", "GPU-x"]}], "0,1,GPU-x"),
        ([{**EVERY, "Count": 2}], "any 2"),
    ],
)
def test_gpus_by_index(requests: list[dict[str, object]] | None, text: str) -> None:
    assert reach.gpu_text(parse(inspected(requests=requests))[0], {"GPU-a": 0, "GPU-b": 1}) == text


@pytest.mark.parametrize(
    ("status", "text"),
    [("running", "running for 2 h"), ("paused", "paused for 2 h"), ("created", "created"),
     ("exited", "exited with 3, 40 min ago")],
)  # fmt: skip
def test_states(status: str, text: str) -> None:
    container = parse(inspected(status=status, code=3, finished="2026-11-20T15:00:00.1Z"))[0]
    assert reach.state_text(container, NOW) == text


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (NOW.replace(hour=13, minute=40), "0 s"),
        (NOW.replace(hour=13, minute=41, second=47), "59 s"),
        (NOW.replace(hour=13, minute=41), "1 min"),
        (NOW.replace(day=23), "3 d"),
    ],
)
def test_since_when(now: datetime, text: str) -> None:
    assert reach.state_text(parse(inspected())[0], now) == f"running for {text}"


def test_an_end_is_explained() -> None:
    killed = inspected(status="exited", code=137, finished="2026-11-20T15:00:00Z")
    assert reach.ending_text(parse(killed)[0]).startswith("yy ended with exit code 137.\n137: it was killed")
    assert reach.ending_text(parse(inspected(status="exited", code=3))[0]) == "yy ended with exit code 3."
    memory = parse(killed.replace('"OOMKilled": false', '"OOMKilled": true'))[0]
    assert "out of memory" in reach.state_text(memory, NOW)
    assert "memory that it may have was used up" in reach.ending_text(memory)


def test_json_says_what_is_open() -> None:
    said = reach.document(parse(inspected(requests=[CDI], ports=PORTS))[0], {})
    assert said["ports"] == [
        {"container": "80/tcp", "address": "0.0.0.0", "host": 8081, "open": True},
        {"container": "80/tcp", "address": "::", "host": 8081, "open": True},
        {"container": "81/tcp", "address": "127.0.0.1", "host": 32768, "open": False},
    ]
    assert (said["gpus"], said["exit_code"]) == (["all"], None)
    assert reach.document(parse(inspected(status="exited", code=4))[0], {})["exit_code"] == 4
