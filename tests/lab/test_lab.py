"""The lab on its own, without the product: what it promises is done by hand here, over plain ssh."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import lab
from lab import boot, processes
from lab.gpu.profiles import PROFILES
from lab.places import HOSTS
from lab.registry.catalogue import CUDA_TAGS

NAMES = {kind: f"test-{kind}-{os.getpid()}" for kind in ("gpu", "nodriver", "plain")}
PROFILE = PROFILES["h100x8"]
CUDA = f"nvidia/cuda:{CUDA_TAGS[0]}"
ENGINE = "docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin"


def ssh(login: str, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command (or, given `stdin`, a script) on a lab host; both outputs come back as one."""
    argv = ["ssh", "-F", str(lab.ssh_config()), login, *(command or ("sh", "-es"))]
    return subprocess.run(
        argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120
    )


def answer(login: str, *command: str, stdin: str = "") -> str:
    """Run what must succeed, and return its output."""
    done = ssh(login, *command, stdin=stdin)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def endpoints() -> lab.Endpoints:
    return lab.prepare(print)


@pytest.fixture(scope="module")
def plain(endpoints: lab.Endpoints) -> Iterator[str]:
    """A host without a GPU."""
    yield lab.up([NAMES["plain"]], say=print)[0].name
    lab.down([NAMES["plain"]], print)


@pytest.fixture(scope="module")
def engine(endpoints: lab.Endpoints) -> Iterator[str]:
    """A host with stand-in GPUs and the container engine, installed by hand as the vendor's page says."""
    host = lab.up([NAMES["gpu"]], gpu="h100x8", say=print)[0]
    try:
        answer(host.name, stdin=_install_engine(endpoints))
        yield host.name
    finally:
        lab.down([host.name], print)


def _install_engine(endpoints: lab.Endpoints) -> str:
    return f"""
install -d /etc/apt/keyrings /etc/docker
cat >/etc/apt/keyrings/docker.asc <<'KEY'
{endpoints.docker_key.read_text()}KEY
cat >/etc/apt/keyrings/nvidia.asc <<'KEY'
{endpoints.toolkit_key.read_text()}KEY
cat >/etc/apt/sources.list.d/docker.sources <<'SOURCE'
Types: deb
URIs: {endpoints.docker_source}/linux/debian
Suites: trixie
Components: stable
Signed-By: /etc/apt/keyrings/docker.asc
SOURCE
cat >/etc/apt/sources.list.d/nvidia.sources <<'SOURCE'
Types: deb
URIs: {endpoints.toolkit_source}/stable/deb/$(ARCH)
Suites: /
Signed-By: /etc/apt/keyrings/nvidia.asc
SOURCE
echo '{{"registry-mirrors": ["{endpoints.registry_mirror}"], "features": {{"cdi": true}}}}' >/etc/docker/daemon.json
apt-get -q update
DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends {ENGINE}
"""


def gpu_lines(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("GPU ")]


ALL_GPUS = [f"GPU {gpu.minor}: {PROFILE.product} (UUID: {gpu.uuid})" for gpu in PROFILE.gpus]


def test_prepared_lab_is_ready_at_once(endpoints: lab.Endpoints) -> None:
    """Red when `prepare` builds or starts something again."""
    said: list[str] = []
    assert lab.prepare(said.append) == endpoints
    assert said == []


def test_host_is_bare_as_a_cloud_image(plain: str) -> None:
    """Red when the base keeps its package lists or holds what the engine depends on."""
    assert answer(plain, "systemctl", "is-system-running").strip() == "running"
    assert answer(plain, "ls /var/lib/apt/lists").strip() == ""
    for program in ("docker", "iptables", "python3", "nvidia-smi"):
        assert ssh(plain, f"command -v {program}").returncode == 1
    assert answer(plain, "cat /sys/bus/pci/devices/*/vendor 2>/dev/null || true") == ""


@pytest.mark.parametrize(
    ("user", "command", "expected"),
    [
        ("root", "id -un", "root"),
        ("admin", "sudo -n id -un", "root"),
        ("operator", "echo lab-password | sudo -S -p '' id -un", "root"),
        ("operator", "sudo -n true 2>/dev/null || echo refused", "refused"),
        ("guest", "sudo -n true 2>/dev/null || echo refused", "refused"),
        ("guest", "id -un", "guest"),
    ],
)
def test_users_and_what_they_may(plain: str, user: str, command: str, expected: str) -> None:
    """Red when the sudoers file or the lab's key is missing for one of them."""
    assert answer(f"{user}@{plain}", command).splitlines()[-1] == expected


def test_host_keys_are_verified(plain: str, tmp_path: Path) -> None:
    """Red when ssh_config accepts a key that known_hosts lacks."""
    empty = tmp_path / "known_hosts"
    empty.touch()
    argv = ["ssh", "-F", str(lab.ssh_config()), "-o", f"UserKnownHostsFile={empty}", plain, "true"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 255
    assert "Host key verification failed" in done.stderr


def test_host_that_died_is_booted_with_its_disk(plain: str) -> None:
    """Red when `up` makes a new host of an old one, or leaves it lying."""
    answer(plain, "touch /root/kept && sync")
    before = answer(plain, "cat /etc/machine-id")
    processes.stop_innermost(HOSTS / plain / "pid", boot.AROUND_THE_HOST, patience=5)
    assert not lab.is_up(plain)
    lab.up([plain], say=print)
    assert answer(plain, "cat /root/kept /etc/machine-id") == before


def test_host_reboots_when_told_to(plain: str) -> None:
    """Red when nobody starts the host's system again."""
    before = answer(plain, "cat /proc/sys/kernel/random/boot_id")
    ssh(plain, "systemctl", "reboot")
    deadline = time.monotonic() + 30
    while (after := ssh(plain, "cat /proc/sys/kernel/random/boot_id")).returncode or before in after.stdout:
        assert time.monotonic() < deadline, after.stdout
    assert answer(plain, "systemctl is-system-running --wait").strip() == "running"


def test_removed_host_leaves_nothing(endpoints: lab.Endpoints) -> None:
    """Red when `down` forgets a mount, a cgroup or the host's entry in ssh_config."""
    name = f"test-gone-{os.getpid()}"
    lab.up([name], say=print)
    lab.down([name], print)
    assert name not in [host.name for host in lab.hosts()]
    assert name not in lab.ssh_config().read_text()
    assert name not in Path("/proc/mounts").read_text()
    assert not (HOSTS / name).exists()
    assert list(Path("/sys/fs/cgroup").glob(f"*/gpudock-lab/{name}")) == []


def test_engine_is_real_and_runs_hello_world_from_the_registry(engine: str) -> None:
    """Red when the package source, its dependencies or the registry mirror fail."""
    assert "Hello from Docker!" in answer(engine, "docker", "run", "--rm", "hello-world")
    assert answer(engine, "docker info --format '{{.Driver}}'").strip() == "overlay2"
    assert "0.13" in answer(engine, "docker", "buildx", "version")
    assert "2.26" in answer(engine, "docker", "compose", "version")


def test_both_versions_can_be_pinned(engine: str) -> None:
    """Red when a source has one version only, or one that does not fit its parts."""
    pinned = "docker-ce=5:26.1.4-1~debian.13~trixie docker-ce-cli=5:26.1.4-1~debian.13~trixie"
    assert "26.1.4" in answer(engine, f"apt-get install --simulate --allow-downgrades -y {pinned}")
    parts = "nvidia-container-toolkit nvidia-container-toolkit-base libnvidia-container-tools libnvidia-container1"
    older = " ".join(f"{part}=1.19.1-1" for part in parts.split())
    assert "1.19.1" in answer(engine, f"apt-get install --simulate --allow-downgrades -y {older}")
    assert ssh(engine, "apt-get install --simulate -y nvidia-container-toolkit=1.19.1-1").returncode == 100


def test_gpus_reach_containers_both_ways_after_one_restart(engine: str) -> None:
    """Red when the hook or the CDI specification injects the wrong GPUs, or none.

    The engine's own error comes first: it looks for the hook only when it starts.
    """
    with_gpus = ("docker", "run", "--rm", "--gpus", "all", CUDA, "nvidia-smi", "-L")
    answer(engine, "DEBIAN_FRONTEND=noninteractive apt-get -q install -y nvidia-container-toolkit")
    before = ssh(engine, *with_gpus)
    assert before.returncode == 125
    assert 'could not select device driver "" with capabilities: [[gpu]]' in before.stdout
    assert gpu_lines(
        answer(engine, "docker", "run", "--rm", "--device", "nvidia.com/gpu=all", CUDA, "nvidia-smi -L")
    ) == (ALL_GPUS)
    answer(engine, "systemctl", "restart", "docker")
    assert gpu_lines(answer(engine, *with_gpus)) == gpu_lines(answer(engine, "nvidia-smi", "-L")) == ALL_GPUS


TWO = (PROFILE.gpus[2], PROFILE.gpus[5])


@pytest.mark.parametrize(
    "request_two",
    [
        f"--gpus '\"device={TWO[0].minor},{TWO[1].uuid}\"'",
        f"--device nvidia.com/gpu={TWO[0].minor} --device nvidia.com/gpu={TWO[1].uuid}",
    ],
)
def test_some_gpus_by_index_and_uuid(engine: str, request_two: str) -> None:
    """Red when a container sees more than it was given."""
    listed = gpu_lines(answer(engine, f"docker run --rm {request_two} {CUDA} nvidia-smi -L"))
    assert [line.rpartition("UUID: ")[2] for line in listed] == [f"{gpu.uuid})" for gpu in TWO]


def test_driver_that_is_not_loaded_is_reported_as_the_vendors_programs_do(engine: str) -> None:
    """Red when a stand-in claims a GPU without /proc/driver/nvidia/version."""
    answer(engine, "mount -t tmpfs tmpfs /proc/driver")
    try:
        smi = ssh(engine, "nvidia-smi")
        assert (smi.returncode, smi.stdout.split(".")[0]) == (
            9,
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver",
        )
        generate = ssh(engine, "nvidia-ctk cdi generate --output=/tmp/spec.yaml")
        assert generate.returncode == 1
        assert "failed to initialize NVML: Driver Not Loaded" in generate.stdout
        container = ssh(engine, "docker", "run", "--rm", "--gpus", "all", CUDA, "true")
        assert "nvml error: driver not loaded" in container.stdout
    finally:
        answer(engine, "umount /proc/driver")


def test_gpu_on_the_bus_without_a_driver(endpoints: lab.Endpoints) -> None:
    """Red when the `-nodriver` profiles bring a driver, or no GPU."""
    name = NAMES["nodriver"]
    lab.up([name], gpu="t4-nodriver", say=print)
    try:
        assert answer(name, "cat /sys/bus/pci/devices/*/vendor").strip() == "0x10de"
        assert ssh(name, "command -v nvidia-smi").returncode == 1
        assert answer(name, "ls /proc/driver /dev | grep nvidia || true") == ""
    finally:
        lab.down([name], print)
