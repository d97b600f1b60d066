"""What the registry has deleted, does not give, or cannot be asked for: the report says which of them it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab import Endpoints, Host
from tests.lab.driving import Gpudock, look
from tests.lab.hub import NOBODYS, Hub, open_hub

BEST = "13.0.1-base-ubuntu24.04"
SECOND = "12.8.1-base-ubuntu24.04"
ALL = ("13.0.1-base-ubuntu24.04", "12.8.1-base-ubuntu24.04", "12.6.3-base-ubuntu24.04", "12.4.1-base-ubuntu22.04")
OLDER = ("12.2.2-base-ubuntu22.04", "11.8.0-base-ubuntu22.04")


@pytest.fixture(scope="module")
def hub(
    ready_host: Host, lab_endpoints: Endpoints, gpudock: Gpudock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[type[Hub]]:
    with open_hub(lab_endpoints.registry_mirror, ready_host, tmp_path_factory.mktemp("hub")) as hub:
        yield hub
    gpudock.run("provision", f"admin@{ready_host.name}", "--yes")


@pytest.fixture
def host(ready_host: Host, hub: type[Hub]) -> Iterator[Host]:
    """The host without any image, and a hub that has them all."""
    look(ready_host, "docker image prune -af")
    yield ready_host
    hub.gone, hub.full = set(), False


def test_a_deleted_tag_leads_to_the_next_image(host: Host, hub: type[Hub], gpudock: Gpudock) -> None:
    """Red when the loop over images stops at a deleted one."""
    hub.gone = {BEST}
    found = gpudock.findings(f"admin@{host.name}")["ctr.smoke"]
    assert found["status"] == "pass", found
    assert found["seen"] == f"8 GPU(s) in nvidia/cuda:{SECOND} (nvidia/cuda:{BEST} is no longer to be had)"


def test_no_image_is_left(host: Host, hub: type[Hub], gpudock: Gpudock) -> None:
    """Red when the last deleted tag counts as a GPU that does not work."""
    hub.gone = {*ALL, *OLDER}
    found = gpudock.findings(f"admin@{host.name}")["ctr.smoke"]
    assert found["status"] == "fail"
    assert "deleted" in found["cause"]
    assert "--cuda-image" in found["remedy"]


def test_another_image_was_chosen(host: Host, hub: type[Hub], gpudock: Gpudock) -> None:
    """Red when `--cuda-image` is only one more candidate."""
    found = gpudock.findings(f"admin@{host.name}", "--cuda-image", f"nvidia/cuda:{OLDER[1]}")["ctr.smoke"]
    assert found["seen"] == f"8 GPU(s) in nvidia/cuda:{OLDER[1]}"


def test_docker_hub_gives_no_more(host: Host, hub: type[Hub], gpudock: Gpudock) -> None:
    """Red when a rate limit counts as a registry that cannot be reached: no firewall is to be mended then."""
    hub.full = True
    found = gpudock.findings(f"admin@{host.name}")["ctr.hello"]
    assert found["status"] == "fail"
    assert "limit" in found["cause"]
    assert "docker login" in found["remedy"]


def test_the_registry_cannot_be_reached(host: Host, gpudock: Gpudock) -> None:
    """Red when `_REGISTRY` does not know the engine's words for it."""
    look(host, f"iptables -A OUTPUT -d {NOBODYS} -j REJECT; iptables -t nat -I OUTPUT -d {NOBODYS} -j ACCEPT")
    try:
        said = gpudock.run("verify", f"admin@{host.name}")
        found = gpudock.findings(f"admin@{host.name}")
    finally:
        look(host, f"iptables -D OUTPUT -d {NOBODYS} -j REJECT; iptables -t nat -D OUTPUT -d {NOBODYS} -j ACCEPT")
    assert said.code == 2
    assert said.out.count("The registry cannot be reached from the host. The engine works:") == 1
    assert found["ctr.smoke"]["seen"] == "because ctr.hello failed"
