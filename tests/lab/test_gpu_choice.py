"""A GPU without its driver, and a GPU that nobody asked to be served: said plainly, and never called a success."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

import lab
from lab import Host
from lab.gpu.profiles import PROFILES
from lab.gpu.stand_in import install_stand_in
from lab.places import HOSTS
from lab.processes import stop
from tests.lab.conftest import RaiseHost
from tests.lab.driving import DAEMON_JSON, Gpudock, Said, look

TOOLKIT = "nvidia-container-toolkit nvidia-container-toolkit-base libnvidia-container-tools libnvidia-container1"


@dataclass(frozen=True)
class Twice:
    """One host with a GPU on the bus and no driver, provisioned first with `--gpu no`, then without."""

    host: Host
    without: Said
    packages_without: str
    config_without: str
    then: Said
    found_then: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def twice(lab_host: RaiseHost, gpudock: Gpudock) -> Twice:
    host = lab_host(gpu="t4-nodriver", name="nodriver")
    login = f"admin@{host.name}"
    return Twice(
        host=host,
        without=gpudock.run("provision", login, "--yes", "--gpu", "no"),
        packages_without=look(host, "dpkg-query -W -f '${Package}\\n'"),
        config_without=look(host, f"cat {DAEMON_JSON}; ls /etc/apt/sources.list.d /etc/apt/keyrings"),
        then=gpudock.run("provision", login, "--yes"),
        found_then=gpudock.findings(login),
    )


def test_gpu_no_leaves_the_gpu_alone(twice: Twice) -> None:
    """Red when `steps/nvidia_repository.py` does not ask `gpu.wanted`."""
    assert twice.without.code == 0, twice.without.all
    assert "docker-ce" in twice.packages_without.split()
    assert "nvidia" not in twice.packages_without + twice.config_without
    assert "nvidia-smi" not in twice.without.out


def test_a_gpu_without_a_driver_is_no_success(twice: Twice) -> None:
    """Red when provision ends with 0 although a critical check failed."""
    assert twice.then.code == 2, twice.then.all
    assert twice.found_then["drv.installed"]["status"] == "fail"


def test_the_driver_command_is_that_of_the_system(twice: Twice) -> None:
    """Red when `driver_command` forgets the firmware's component."""
    remedy = twice.found_then["drv.installed"]["remedy"]
    assert "contrib non-free non-free-firmware" in remedy
    assert remedy.endswith("&& sudo apt-get install -y linux-headers-amd64 nvidia-driver && sudo reboot")
    assert remedy in twice.then.out


def test_the_rest_is_there_when_the_driver_comes(twice: Twice) -> None:
    """Red when a missing driver keeps the toolkit from being installed or registered."""
    versions = look(twice.host, f"dpkg-query -W -f '${{db:Status-Abbrev}}${{Version}}\\n' {TOOLKIT}").split("\n")
    assert len(set(filter(None, versions))) == 1
    assert versions[0].startswith("ii")
    written = json.loads(look(twice.host, f"cat {DAEMON_JSON}"))
    assert (written["runtimes"]["nvidia"]["path"], written["features"]["cdi"]) == ("nvidia-container-runtime", True)
    assert "Hello from Docker!" in look(twice.host, "docker run --rm hello-world", user="admin")


def test_what_follows_from_the_driver_is_blocked_by_it(twice: Twice) -> None:
    """Red when the graph loses the need of a check: then the person chases a consequence."""
    for check in ("ctk.libs", "ctr.smoke"):
        assert twice.found_then[check]["status"] == "blocked"
        assert "drv.installed" in twice.found_then[check]["seen"]


def test_provisioning_again_changes_nothing_and_still_is_no_success(twice: Twice, gpudock: Gpudock) -> None:
    """Red when an absent CDI specification counts as something to do although no driver can describe a GPU."""
    again = gpudock.run("provision", f"admin@{twice.host.name}", "--yes")
    assert "nothing needs changing" in again.out
    assert again.code == 2


def test_all_is_well_once_the_driver_is_there(twice: Twice, gpudock: Gpudock) -> None:
    """Red when `engine_config.target` waits for a driver before it registers the runtime."""
    place = HOSTS / twice.host.name
    stop(place / "pid", patience=15)
    install_stand_in(place / "root", PROFILES["t4"], with_driver=True)
    lab.up([twice.host.name], gpu=twice.host.gpu, say=print)
    again = gpudock.run("provision", f"admin@{twice.host.name}", "--yes", "--verify")
    assert again.code == 0, again.all
    assert "nothing needs changing" in again.out


def test_gpu_yes_where_there_is_none(lab_host: RaiseHost, gpudock: Gpudock) -> None:
    """Red when `--gpu yes` looks at the bus before it plans."""
    said = gpudock.run("plan", f"root@{lab_host(name='no-gpu').name}", "--gpu", "yes")
    assert "Install Docker and the NVIDIA Container Toolkit" in said.out
