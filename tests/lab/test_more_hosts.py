"""Hosts that are not Debian 13: Debian 12, and stand-ins (Debian with another os-release) for Ubuntu and Mint.

All are raised and provisioned at once; the tests look at what came of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

import lab
from lab import Host
from lab.gpu.profiles import PROFILES
from lab.releases import named
from provisioning.script import VERBS
from tests.lab.conftest import RaiseHost
from tests.lab.driving import DAEMON_JSON, Gpudock, Said, changed, gpu_lines, look, manifest, write
from tests.lab.launching import ROOT, end, start

# Where Docker's repository has each of them.
PLACES = {
    "bookworm": ("debian", "bookworm"),
    "noble": ("ubuntu", "noble"),
    "jammy": ("ubuntu", "jammy"),
    "mint": ("ubuntu", "noble"),
}
T4 = PROFILES["t4"]
CUDA = "nvidia/cuda:12.2.2-base-ubuntu22.04"
ALL_GPUS = [f"GPU 0: {T4.product} (UUID: {T4.gpus[0].uuid})"]


@dataclass(frozen=True)
class Provisioned:
    """A host, what provisioning it said, what a second run said, and what that changed."""

    host: Host
    said: Said
    again: Said
    changed: list[str]


@dataclass(frozen=True)
class Replaced:
    """A Debian 12 with its own docker.io and a container at work, before and after it was provisioned."""

    version: str
    validated: str
    image: str
    found: Mapping[str, Mapping[str, str]]
    then: Provisioned


@dataclass(frozen=True)
class Work:
    """What is being done to the hosts, all at once."""

    bare: Mapping[str, Future[Provisioned]]
    replacing: Future[Replaced]


@pytest.fixture(scope="module")
def work(lab_host: RaiseHost) -> Iterator[Work]:
    with ThreadPoolExecutor() as pool:
        replacing = pool.submit(_replace, lab_host)
        yield Work({release: pool.submit(_bare, lab_host, release) for release in PLACES}, replacing)


@pytest.fixture(scope="module")
def replaced(work: Work) -> Replaced:
    return work.replacing.result()


def _replace(lab_host: RaiseHost) -> Replaced:
    gpudock = _told_of("bookworm")
    host = lab_host(gpu="t4", name="docker-io", release="bookworm")
    _use_docker_of_debian(host, gpudock.endpoints.registry_mirror)
    has_validate = "dockerd --help | grep -c -e --validate || true"
    verbs = "\n".join(path.read_text() for path in VERBS)
    validate = f"{verbs}\ngd_check_daemon_json <<'X'\n{{\"no-such-key\": 1}}\nX\n"
    return Replaced(
        version=look(host, f"docker version --format '{{{{.Server.Version}}}}'; {has_validate}"),
        validated=look(host, "sh -es", stdin=validate),
        image=look(host, f"docker image ls --quiet --no-trunc {CUDA}"),
        found=gpudock.findings(f"admin@{host.name}"),
        then=_provision(gpudock, host),
    )


def _bare(lab_host: RaiseHost, release: str) -> Provisioned:
    gpudock = _told_of(release)
    return _provision(gpudock, lab_host(gpu="t4", name=release, release=release))


def _told_of(release: str) -> Gpudock:
    return Gpudock(lab.prepare(print, release=release))


def _provision(gpudock: Gpudock, host: Host) -> Provisioned:
    login = f"admin@{host.name}"
    said = gpudock.run("provision", login, "--yes")
    before = manifest(host)
    return Provisioned(host, said, gpudock.run("provision", login, "--yes"), changed(host, before))


def _use_docker_of_debian(host: Host, mirror: str) -> None:
    """Install Debian 12's engine, and start a container that keeps what it does in a volume."""
    write(host, DAEMON_JSON, json.dumps({"registry-mirrors": [mirror], "log-opts": {"max-size": "7m"}}))
    install = "DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends docker.io"
    look(host, f"apt-get -q update && {install}")
    keep = "--name keeper --restart always --stop-signal KILL --volume kept:/kept"
    look(host, f"docker run --detach {keep} {CUDA} sh -c 'echo started >>/kept/log; exec sleep 100000'")


@pytest.fixture(params=PLACES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def provisioned(release: str, work: Work) -> Provisioned:
    return work.bare[release].result()


def test_containers_and_gpus_work(provisioned: Provisioned) -> None:
    """Red on Debian 12 when apt's progress goes over descriptor 1 (`gd_apt`): docker-ce is left half configured."""
    assert provisioned.said.code == 0, provisioned.said.all
    assert "Hello from Docker!" in look(provisioned.host, "docker run --rm hello-world", user="admin")
    listed = look(provisioned.host, f"docker run --rm --gpus all {CUDA} nvidia-smi -L", user="admin")
    assert gpu_lines(listed) == ALL_GPUS


def test_a_second_run_changes_nothing(provisioned: Provisioned) -> None:
    """Red when a step plans what is so already on another system than Debian 13."""
    assert (provisioned.again.code, provisioned.changed) == (0, []), provisioned.again.all
    assert "nothing needs changing" in provisioned.again.out


def test_the_source_is_that_of_the_system_or_its_parent(release: str, provisioned: Provisioned) -> None:
    """Red when `operating_system.parse` takes Mint's own codename, or Ubuntu for Debian because it is like it."""
    family, suite = PLACES[release]
    source = look(provisioned.host, "cat /etc/apt/sources.list.d/docker.sources").splitlines()
    assert source[1].endswith(f"/linux/{family}")
    assert source[2] == f"Suites: {suite}"
    policy = look(provisioned.host, "apt-cache policy docker-ce")
    assert f"/linux/{family} {suite}/stable amd64 Packages" in policy


def test_an_earlier_version_can_be_had(release: str, provisioned: Provisioned) -> None:
    """Red when `versions.choose` compares more than the numbers: Debian 12's versions end in `~debian.12~bookworm`."""
    wish = ("--docker-version", "26.1.4", "--allow-downgrade")
    planned = _told_of(release).run("plan", f"admin@{provisioned.host.name}", *wish)
    assert planned.code == 0, planned.all
    assert "docker-ce: 5:26.1.5-1~debian.1" in planned.out
    assert "→ 5:26.1.4-1~debian.1" in planned.out


def test_a_stand_in_claims_to_be_the_other_system(release: str, provisioned: Provisioned) -> None:
    """Red when `install_identity` is not called, or the base tree is that of another Debian."""
    chosen = named(release)
    claimed, base = look(provisioned.host, ". /etc/os-release; echo $PRETTY_NAME; cat /etc/debian_version").splitlines()
    assert claimed.startswith(chosen.stands_in_for or "Debian GNU/Linux 12")
    assert base.partition(".")[0] == {"trixie": "13", "bookworm": "12"}[chosen.debian]
    assert look(provisioned.host, "cat /etc/motd").count("stand-in") == chosen.is_stand_in


def test_lists_call_a_stand_in_by_its_name(release: str, provisioned: Provisioned) -> None:
    """Red when `lab.list` shows the name alone: who reads it takes Debian for Ubuntu."""
    _, listed, _ = end(start(ROOT / "gpudock", "lab.list"))
    [line] = [line for line in listed.splitlines() if line.startswith(f"{provisioned.host.name} ")]
    assert (f"{release} (stand-in)" in line) is (release != "bookworm")


def test_the_engine_of_debian_12_is_the_old_one(replaced: Replaced) -> None:
    """Red when the lab replaces Debian's own docker.io, or `gd_check_daemon_json` asks an engine that cannot tell."""
    assert replaced.version.split() == ["20.10.24+dfsg1", "0"]
    assert replaced.validated == ""
    assert replaced.found["dk.running"]["status"] == "pass"
    assert "20.10.24" in replaced.found["dk.running"]["seen"]


def test_docker_of_debian_is_replaced(replaced: Replaced) -> None:
    """Red when `steps/conflicts.py` does not know docker.io, or plans without naming the containers that it stops."""
    said, host = replaced.then.said, replaced.then.host
    assert said.code == 0, said.all
    removal = re.search(r"\d\. Remove docker\.io, containerd, runc.*?\n  \d\. ", said.out, re.DOTALL)
    assert removal is not None
    assert "stops the running containers keeper" in removal[0]
    assert look(host, "docker version --format '{{.Server.Version}}'").strip().startswith("26.1.5")
    left = look(
        host, "dpkg-query -W -f '${db:Status-Abbrev}${Package}\\n' docker.io containerd runc 2>/dev/null || true"
    )
    assert [line for line in left.splitlines() if line.startswith("ii")] == []


def test_images_volumes_containers_and_configuration_survive(replaced: Replaced) -> None:
    """Red when docker.io is purged, or daemon.json written anew."""
    host = replaced.then.host
    assert look(host, f"docker image ls --quiet --no-trunc {CUDA}") == replaced.image != ""
    assert "started" in look(host, "docker exec keeper cat /kept/log")
    assert json.loads(look(host, f"cat {DAEMON_JSON}"))["log-opts"] == {"max-size": "7m"}


def test_the_gpu_comes_to_the_new_engine(replaced: Replaced) -> None:
    """Red when the engine that took the old one's place is not started anew: it reads `features.cdi` at its start."""
    run = f"docker run --rm --device nvidia.com/gpu=all {CUDA} nvidia-smi -L"
    listed = look(replaced.then.host, run, user="admin")
    assert gpu_lines(listed) == ALL_GPUS


def test_nothing_is_left_to_do_after_the_replacement(replaced: Replaced) -> None:
    """Red when what stays of a removed package (dpkg's `rc`) counts as installed."""
    assert (replaced.then.again.code, replaced.then.changed) == (0, []), replaced.then.again.all
    assert "nothing needs changing" in replaced.then.again.out


def test_images_outlive_what_is_left_of_the_removed_package(replaced: Replaced) -> None:
    """Red when the script that docker.io leaves in /var/lib/docker stays there: purging its rest then deletes all."""
    look(replaced.then.host, "DEBIAN_FRONTEND=noninteractive apt-get -q -y purge docker.io")
    assert look(replaced.then.host, f"docker image ls --quiet --no-trunc {CUDA}") == replaced.image
    assert look(replaced.then.host, "docker ps --format '{{.Names}}'").split() == ["keeper"]
