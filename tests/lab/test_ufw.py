"""ufw itself on a real host: what it keeps from containers, and what it does not keep from others, is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab import Host
from tests.lab.driving import Gpudock, look

INSTALL = "apt-get -q update >/dev/null; DEBIAN_FRONTEND=noninteractive apt-get install -y -q ufw >/dev/null 2>&1"
IMAGE = "nvidia/cuda:13.0.1-base-ubuntu24.04"


@pytest.fixture(scope="module")
def host(ready_host: Host, gpudock: Gpudock) -> Iterator[Host]:
    """The host with ufw, a container that all may reach, and itself for a name server."""
    gpudock.run("verify", f"admin@{ready_host.name}")  # which fetches the image
    look(ready_host, f"{INSTALL}; ufw allow 22/tcp && ufw --force enable")
    look(ready_host, f"docker run -d --name open -p 8888:80 {IMAGE} sleep 600")
    look(ready_host, 'cp /etc/resolv.conf /root/before; set -- $(hostname -I); echo "nameserver $1" >/etc/resolv.conf')
    yield ready_host
    look(ready_host, "docker rm -f open; cat /root/before >/etc/resolv.conf; ufw --force disable")
    look(ready_host, "apt-get purge -y -q ufw >/dev/null 2>&1; systemctl restart docker")


def test_what_ufw_does_not_allow_is_named_and_its_remedy_helps(host: Host, gpudock: Gpudock) -> None:
    """Red when ufw writes its rules in another way than `parse` reads them."""
    login, only = f"admin@{host.name}", ("--no-deep", "--only", "dk.ufw,dk.dns")
    found = gpudock.findings(login, *only)
    assert {name: each["status"] for name, each in found.items()} == {"dk.ufw": "warn", "dk.dns": "warn"}, found
    assert found["dk.ufw"]["seen"] == "8888/tcp of open"
    look(host, found["dk.dns"]["remedy"])
    look(host, found["dk.ufw"]["remedy"].rpartition("have ufw say so: ")[2])
    assert {each["status"] for each in gpudock.findings(login, *only).values()} == {"pass"}
