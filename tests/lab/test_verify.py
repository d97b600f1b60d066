"""`verify` on a good host and on broken ones: the cause is named, and what follows from it is not blamed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import lab
from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import ROOT, Gpudock, changed, look, manifest

# systemd refuses the fourth start within a minute.
START = "systemctl reset-failed docker.service; systemctl start docker"
RESTART = "systemctl reset-failed docker.service; systemctl restart docker"
ENOUGH = 40
"""Checks that have something to say of a lab host."""


@pytest.fixture(scope="module")
def host(ready_host: Host) -> Host:
    return ready_host


@contextmanager
def broken(host: Host, breaking: str, mending: str) -> Iterator[None]:
    look(host, breaking)
    try:
        yield
    finally:
        look(host, mending)


def test_a_good_host_passes_whole(host: Host, gpudock: Gpudock) -> None:
    """Red when `cuda_image.candidates` passes over the image that fits the driver exactly."""
    said = gpudock.run("verify", f"admin@{host.name}", "--json")
    assert said.code == said.json["exit_code"] == 0, said.all
    [report] = said.json["hosts"]
    assert {found["status"] for found in report["findings"]} == {"pass", "n/a"}
    ways = {"ctr.hello", "ctr.smoke", "ctr.smoke_cdi", "ctr.dns"}
    assert {found["status"] for found in report["findings"] if found["check"] in ways} == {"pass"}
    assert "8 GPU(s) in nvidia/cuda:13.0.1-base-ubuntu24.04" in said.out
    assert said.err == ""


def test_verify_leaves_nothing_behind(host: Host, gpudock: Gpudock) -> None:
    """Red when a container is started without `--rm`."""
    before = manifest(host)
    gpudock.run("verify", f"admin@{host.name}")
    assert changed(host, before) == []
    assert look(host, "docker ps -aq") == ""


def test_a_stopped_engine_is_the_cause_of_all_else(host: Host, gpudock: Gpudock) -> None:
    """Red when `judge` does not follow `needs`."""
    with broken(host, "systemctl stop docker.socket docker.service", START):
        said = gpudock.run("verify", f"admin@{host.name}")
        found = gpudock.findings(f"admin@{host.name}")
    assert said.code == 2, said.all
    assert "mend it: sudo systemctl reset-failed docker && sudo systemctl start docker" in said.out
    assert said.out.count("mend it:") == 1
    assert found["dk.running"]["status"] == "fail"
    for check in ("dk.socket", "ctk.restarted", "ctr.hello", "ctr.smoke"):
        assert (found[check]["status"], found[check]["seen"]) == ("blocked", "because dk.running failed")


def test_looking_at_an_engine_does_not_start_it(host: Host, gpudock: Gpudock) -> None:
    """Red when a probe opens the socket of an engine that is stopped: systemd then starts it."""
    with broken(host, "systemctl stop docker.service", START):
        found = gpudock.findings(f"admin@{host.name}")
        assert look(host, "systemctl is-active docker.service || true").strip() == "inactive"
    assert found["dk.running"]["status"] == "fail"


def test_toolkit_of_two_versions(host: Host, gpudock: Gpudock) -> None:
    """Red when `judge_mixed` looks at one package alone."""
    older = (
        "cd /tmp && apt-get -q download libnvidia-container1=1.19.1-1 && dpkg --force-all -i libnvidia-container1_1.19*"
    )
    again = "DEBIAN_FRONTEND=noninteractive apt-get -q -y install -f libnvidia-container1=1.20.1-1"
    with broken(host, older, f"{again} && {RESTART}"):
        found = gpudock.findings(f"admin@{host.name}")
    assert found["ctk.mixed"]["status"] == "warn"
    assert "libnvidia-container1 1.19.1-1" in found["ctk.mixed"]["seen"]
    assert "apt-get install" in found["ctk.mixed"]["remedy"]


def test_toolkit_that_came_after_the_engine_started(host: Host, gpudock: Gpudock) -> None:
    """Red when `Toolkit.installed` is the time that the package gives its files."""
    names = "nvidia-container-toolkit nvidia-container-toolkit-base"
    again = f"DEBIAN_FRONTEND=noninteractive apt-get -q -y install --reinstall {names}"
    with broken(host, again, RESTART):
        found = gpudock.findings(f"admin@{host.name}")
        said = gpudock.run("plan", f"admin@{host.name}")
    assert found["ctk.restarted"]["status"] == "fail"
    assert found["ctk.restarted"]["remedy"] == "sudo systemctl restart docker"
    assert "Restart Docker: it looks for the GPU hook only when it starts" in said.out
    assert gpudock.findings(f"admin@{host.name}")["ctk.restarted"]["status"] == "pass"


@pytest.mark.parametrize("user", ["guest", "operator"])
def test_a_user_outside_of_the_group(host: Host, gpudock: Gpudock, user: str) -> None:
    """Red when the socket is judged by what root may."""
    said = gpudock.run("verify", f"{user}@{host.name}", "--json")
    found = {each["check"]: each for each in said.json["hosts"][0]["findings"]}
    assert said.code == 2
    assert found["dk.running"]["status"] == "pass"
    assert found["dk.socket"]["status"] == "fail"
    assert f"gpasswd --add {user} docker" in found["dk.socket"]["remedy"]
    assert found["ctr.hello"]["status"] == "blocked"


def test_what_cannot_be_measured_is_unknown(host: Host, gpudock: Gpudock) -> None:
    """Red when nonsense of nvidia-smi counts as a complaint."""
    nonsense = "mv /usr/bin/nvidia-smi /usr/bin/nvidia-smi.away && printf '#!/bin/sh\\necho {}\\n' >/usr/bin/nvidia-smi"
    with broken(
        host, f"{nonsense} && chmod 755 /usr/bin/nvidia-smi", "mv /usr/bin/nvidia-smi.away /usr/bin/nvidia-smi"
    ):
        said = gpudock.run("verify", f"admin@{host.name}", "--json")
    assert said.code == 3, said.all
    unknown = [found["seen"] for found in said.json["hosts"][0]["findings"] if found["status"] == "unknown"]
    assert unknown[0].startswith("gpus: ") and "unexpected answer (no report, but" in unknown[0]


def test_the_worst_of_several_hosts_counts(host: Host, lab_host: RaiseHost, gpudock: Gpudock) -> None:
    """Red when a host that is away does not count."""
    bare = lab_host(name="bare").name
    said = gpudock.run("verify", f"admin@{host.name},{bare},root@t-nobody", "--json")
    assert said.code == 69
    good, fails, away = said.json["hosts"]
    assert {found["status"] for found in good["findings"]} == {"pass", "n/a"}
    assert "fail" in {found["status"] for found in fails["findings"]}
    assert away["error"]["exit_code"] == 69


def checks_through_testinfra(host: Host, *options: str) -> subprocess.CompletedProcess[str]:
    way = (f"--hosts=ssh://admin@{host.name}", f"--ssh-config={lab.ssh_config()}", "-p", "no:cacheprovider")
    argv = (sys.executable, "-m", "pytest", "checks", *way, *options)
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("options", [(), ("--sudo",)])
def test_testinfra_passes_on_a_good_host(host: Host, options: tuple[str, ...]) -> None:
    """Red when testinfra's runner loses what the script says."""
    done = checks_through_testinfra(host, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) > ENOUGH


def test_testinfra_fails_on_a_broken_host(host: Host) -> None:
    """Red when `test_host` passes whatever the finding is."""
    with broken(host, "systemctl stop docker.socket docker.service", START):
        done = checks_through_testinfra(host)
    assert done.returncode == 1
    assert "mend it: sudo systemctl reset-failed docker" in done.stdout
    assert "1 failed" in done.stdout
