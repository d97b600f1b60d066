"""ufw beside Docker: its rules as it writes them, name servers that it hides, ports that it does not."""

from __future__ import annotations

from typing import Any

import pytest

from checks.catalog.ufw import judge_published, parse
from checks.model import Status
from tests.unit.checks.container_lines import line
from tests.unit.checks.one_fault import named
from tests.unit.checks.test_network_checks import links
from tests.unit.described_host import daemon_json, ready

ACTIVE = "state active\ninput DROP\naddresses 10.0.2.15 172.17.0.1 fd00::5\n"
SSH = "rule allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n"
DNS = "rule allow any 53 0.0.0.0/0 any 0.0.0.0/0 in_docker0\n"
WEB = "rule allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 in\n"
OWN_SERVER = links("10.0.2.3", "10.0.2.15")


def publishing(*ports: str, address: str = "0.0.0.0", **said: Any) -> dict[str, str]:
    bound = {f"{port}/tcp": [{"HostIp": address, "HostPort": port}] for port in ports}
    return {"containers": line("jupyter", ports={**bound, "9/udp": None}, **said)}


def test_a_name_server_on_the_host_that_ufw_hides() -> None:
    named(
        {**OWN_SERVER, "ufw": ACTIVE + SSH},
        "dk.dns",
        "ufw keeps containers from the host's name server",
        "sudo ufw allow in on docker0 to any port 53 && sudo ufw allow in on br-+ to any port 53",
    )


@pytest.mark.parametrize(
    "sound",
    [
        {**OWN_SERVER, "ufw": ACTIVE + SSH + DNS},
        {**OWN_SERVER, "ufw": ACTIVE.replace("DROP", "ACCEPT")},
        {**OWN_SERVER, "ufw": ACTIVE.replace("active", "inactive")},
        {**OWN_SERVER, "ufw": ACTIVE + "rules closed\n"},
        {"ufw": ACTIVE + SSH},
    ],
)
def test_name_servers_that_containers_reach(sound: dict[str, str]) -> None:
    from checks.catalog.engine_network import judge_dns

    assert judge_dns(ready(**sound)).status is Status.PASS


def test_a_port_that_is_open_though_ufw_does_not_say_so() -> None:
    named(
        {**publishing("8888", "443"), "ufw": ACTIVE + SSH + WEB},
        "dk.ufw",
        "8888/tcp of jupyter Docker's rules come before ufw's",
        "sudo ufw allow 8888/tcp",
    )


@pytest.mark.parametrize(
    ("answers", "status", "seen"),
    [
        (publishing("8888"), "n/a", "not active"),
        ({**publishing("8888"), "ufw": ACTIVE, **daemon_json('{"iptables": false}')}, "n/a", "iptables"),
        ({**publishing("8888", address="127.0.0.1"), "ufw": ACTIVE}, "pass", "no container's port"),
        ({**publishing("8888", running=False), "ufw": ACTIVE}, "pass", "no container's port"),
        ({**publishing("80"), "ufw": ACTIVE + WEB}, "pass", "ufw allows 80/tcp too"),
        ({**publishing("80"), "ufw": ACTIVE + "rules closed\n"}, "unknown", "root"),
        ({**publishing("80"), "ufw": ACTIVE + WEB.replace("allow", "deny")}, "fail", "80/tcp of jupyter"),
        ({**publishing("80"), "ufw": ACTIVE + WEB.replace("tcp", "udp")}, "fail", "80/tcp of jupyter"),
        ({**publishing("80"), "ufw": ACTIVE + WEB.replace(" in\n", " out\n")}, "fail", "80/tcp of jupyter"),
        ({**publishing("80", address="::"), "ufw": ACTIVE}, "fail", "80/tcp of jupyter"),
    ],
)
def test_whose_ports_are_open(answers: dict[str, str], status: str, seen: str) -> None:
    verdict = judge_published(ready(**answers))
    assert (verdict.status.value, seen in verdict.seen) == (status, True), verdict.seen


@pytest.mark.parametrize("text", ["", "input DROP\n", "state active\naddresses nonsense\n", ACTIVE + "rule allow\n"])
def test_nonsense_is_no_answer(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        parse(text)
