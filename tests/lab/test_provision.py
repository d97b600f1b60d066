"""A bare host becomes one that runs containers, with and without a GPU, and a second run finds nothing to do."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

import lab
from lab import Endpoints, Host
from lab.gpu.profiles import PROFILES
from lab.places import HOSTS
from lab.processes import stop
from tests.lab.conftest import RaiseHost
from tests.lab.driving import DAEMON_JSON, PACKAGES, Gpudock, Said, changed, gpu_lines, look, manifest

T4 = PROFILES["t4"]
CUDA = "nvidia/cuda:12.2.2-base-ubuntu22.04"
ALL_GPUS = [f"GPU 0: {T4.product} (UUID: {T4.gpus[0].uuid})"]


@dataclass(frozen=True)
class Provisioned:
    host: Host
    login: str
    said: Said


@pytest.fixture(scope="module")
def plain(lab_host: RaiseHost, gpudock: Gpudock) -> Provisioned:
    """A host without a GPU, provisioned as root."""
    host = lab_host(name="plain")
    return Provisioned(host, f"root@{host.name}", gpudock.run("provision", f"root@{host.name}", "--yes"))


@pytest.fixture(scope="module")
def gpu(lab_host: RaiseHost, gpudock: Gpudock) -> Provisioned:
    """A host with a GPU, provisioned as a user who may use sudo without a password."""
    host = lab_host(gpu="t4", name="gpu")
    return Provisioned(host, f"admin@{host.name}", gpudock.run("provision", f"admin@{host.name}", "--yes"))


def test_docker_works_on_a_host_without_a_gpu(plain: Provisioned) -> None:
    """Red when `selection.py` leaves out a plugin, or `engine_config.target` the mirror."""
    assert plain.said.code == 0, plain.said.all
    assert "Hello from Docker!" in look(plain.host, "docker run --rm hello-world")
    look(plain.host, "docker buildx version && docker compose version")
    assert look(plain.host, "systemctl is-enabled docker containerd").split() == ["enabled", "enabled"]


def test_nothing_of_nvidia_comes_to_a_host_without_a_gpu(plain: Provisioned, gpudock: Gpudock) -> None:
    """Red when `gpu.wanted` takes `auto` for yes."""
    assert look(plain.host, "dpkg-query -W -f '${Package}\\n' '*nvidia*' 2>/dev/null || true") == ""
    assert look(plain.host, "find /etc -name '*nvidia*'") == ""
    assert json.loads(look(plain.host, f"cat {DAEMON_JSON}")).keys() == {"registry-mirrors"}
    found = gpudock.findings(plain.login)
    gpu_checks = ("smi.answers", "ctk.installed", "ctk.restarted")
    assert {found[check]["status"] for check in gpu_checks} == {"n/a"}


@pytest.mark.parametrize("which", ["plain", "gpu"])
def test_a_second_run_changes_nothing(which: str, request: pytest.FixtureRequest, gpudock: Gpudock) -> None:
    """Red when `_converge` sends a script although nothing is to do."""
    first: Provisioned = request.getfixturevalue(which)
    before = manifest(first.host)
    again = gpudock.run("provision", first.login, "--yes")
    assert again.code == 0, again.all
    assert "nothing needs changing" in again.out
    assert changed(first.host, before) == []


def test_the_login_user_may_use_docker(gpu: Provisioned) -> None:
    """Red when `steps/docker_access.py` gives nothing."""
    assert gpu.said.code == 0, gpu.said.all
    assert "Hello from Docker!" in look(gpu.host, "docker run --rm hello-world", user="admin")
    assert look(gpu.host, "getent group docker").strip().split(":")[3] == "admin"


@pytest.mark.parametrize(
    "way", ["--gpus all", "--device nvidia.com/gpu=all", "--runtime nvidia -e NVIDIA_VISIBLE_DEVICES=all"]
)
def test_containers_get_the_gpu(gpu: Provisioned, way: str) -> None:
    """Red when Docker does not start after the toolkit came (first), `features.cdi` or the runtime is missing."""
    listed = look(gpu.host, f"docker run --rm {way} {CUDA} nvidia-smi -L", user="admin")
    assert gpu_lines(listed) == gpu_lines(look(gpu.host, "nvidia-smi -L")) == ALL_GPUS


def test_daemon_json_says_what_was_asked_for_and_no_more(gpu: Provisioned, lab_endpoints: Endpoints) -> None:
    """Red when `engine_config.target` adds a key of its own."""
    assert json.loads(look(gpu.host, f"cat {DAEMON_JSON}")) == {
        "registry-mirrors": [lab_endpoints.registry_mirror],
        "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "args": []}},
        "features": {"cdi": True},
    }
    assert look(gpu.host, f"stat -c '%a %U:%G' {DAEMON_JSON}").strip() == "644 root:root"


def test_the_journal_tells_what_was_done_to_root_alone(gpu: Provisioned) -> None:
    """Red without the `umask 077` of `gd_journal`."""
    assert look(gpu.host, "stat -c %a /var/lib/gpudock /var/lib/gpudock/journal.jsonl").split() == ["700", "600"]
    lines = [json.loads(line) for line in look(gpu.host, "cat /var/lib/gpudock/journal.jsonl").splitlines()]
    opening, *done = [line for line in lines if "added" not in line]
    assert [entry["change"] for entry in done] == [entry["change"] for entry in opening["changes"]]
    assert {(entry["run"], entry["code"]) for entry in done} == {(opening["run"], 0)}
    assert any(DAEMON_JSON in entry["sentence"] for entry in opening["changes"])


def test_packages_come_from_the_source_that_was_named(gpu: Provisioned, lab_endpoints: Endpoints) -> None:
    """Red when the source names another suite, so that nothing is found in it."""
    policy = look(gpu.host, f"apt-cache policy {PACKAGES} nvidia-container-toolkit")
    assert policy.count("Installed: ") == policy.count(" *** ") == 6
    assert policy.count(f" 500 {lab_endpoints.docker_source}/") >= 6
    refreshed = look(gpu.host, "apt-get -q update")
    assert [line for line in refreshed.splitlines() if line[:2] in {"W:", "E:", "N:"}] == []
    key = look(gpu.host, "cat /etc/apt/keyrings/docker.asc")
    assert key == lab_endpoints.docker_key.read_text()


def test_all_of_it_is_there_after_a_restart_of_the_machine(gpu: Provisioned, gpudock: Gpudock) -> None:
    """Red when `_enable` leaves the units off, so that what was started once is not started again."""
    stop(HOSTS / gpu.host.name / "pid", patience=15)
    lab.up([gpu.host.name], gpu="t4", say=print)
    verified = gpudock.run("verify", gpu.login)
    assert verified.code == 0, verified.all
    again = gpudock.run("provision", gpu.login, "--yes")
    assert "nothing needs changing" in again.out, again.all
