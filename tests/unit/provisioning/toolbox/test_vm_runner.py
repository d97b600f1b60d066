"""The VM as a host of containers: what is refused before anything is started, and where its ports are found."""

from __future__ import annotations

import pytest

from provisioning.errors import UnsupportedHost
from provisioning.operations.toolbox.vm import Vm
from provisioning.operations.toolbox.vm_runner import VmRunner
from provisioning.runners.model import Elevation
from tests.unit.provisioning.toolbox.fake_toolbox import FakeToolbox


def runner(toolbox: FakeToolbox) -> VmRunner:
    return VmRunner(Vm(toolbox.place(), "default"))


def test_its_ports_are_found_at_the_address_that_it_has_now() -> None:
    toolbox = FakeToolbox(state="running")
    assert runner(toolbox).published_at == "192.168.99.100"
    assert runner(toolbox).host == "toolbox:default"


def test_nothing_of_the_vms_own_is_changed() -> None:
    with pytest.raises(UnsupportedHost, match="changed in its shares alone"):
        list(runner(FakeToolbox()).run("true", Elevation.ROOT))


def test_programs_that_are_missing_here() -> None:
    toolbox = FakeToolbox(state="running", programs={"VBoxManage"})
    with pytest.raises(UnsupportedHost, match="docker-machine is not on PATH"):
        runner(toolbox).start(("cat", "x"))
    toolbox.programs.add("docker-machine")
    with pytest.raises(UnsupportedHost, match="docker is not on PATH"):
        runner(toolbox).start(("docker", "ps"))


def test_no_tunnel_leads_there() -> None:
    """Red when `gpudock tunnel` stands for nothing: it logs in first."""
    for ask in (lambda: runner(FakeToolbox()).dial(8888), runner(FakeToolbox()).reopen):
        with pytest.raises(UnsupportedHost) as refusal:
            ask()
        assert "toolbox.forward PORT --machine default" in refusal.value.hint
