"""Where a container's page is published, and which ports are looked at before anything is made."""

from __future__ import annotations

import pytest

from provisioning.operations.containers import DockerHost
from provisioning.operations.service import published
from provisioning.probe import Facts
from tests.unit.provisioning.scripted_programs import ScriptedPrograms


class At(ScriptedPrograms):
    address = ""

    @property
    def published_at(self) -> str:
        return self.address


@pytest.mark.parametrize(
    ("address", "port", "place"),
    [
        ("", 8890, (None, "127.0.0.1")),  # the person's port is this end of the tunnel
        ("", 0, (None, "127.0.0.1")),
        ("127.0.0.1", 8890, (8890, "127.0.0.1")),
        ("127.0.0.1", 0, (None, "127.0.0.1")),
        ("192.168.99.100", 8890, (8890, "192.168.99.100")),
        ("192.168.99.100", 0, (None, "192.168.99.100")),
    ],
)
def test_a_port_is_published_for_us_alone(address: str, port: int, place: tuple[int | None, str]) -> None:
    """Red when a port of the VM is published on all its addresses, or on its loopback, where nobody reaches it."""
    runner = At("host", [])
    runner.address = address
    assert published(DockerHost(runner, Facts(), ()), port) == place
