"""What stands in the way of Docker's own packages on hosts with a history, and where it goes."""

from __future__ import annotations

import json

import pytest

from lab import Endpoints, Host
from provisioning.signing_key import KEYS
from tests.lab.conftest import RaiseHost
from tests.lab.driving import DAEMON_JSON, Gpudock, Said, attempt, look, write
from tests.lab.mishaps import assert_nothing_is_left_to_do, packages, traces

FOREIGN = {"log-opts": {"max-size": "7m"}, "labels": ["rack=4"]}
CONFIG_TOML = 'version = 2\noom_score = -7\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
KUBELET = """
[Unit]
Requires=containerd.service
After=containerd.service
[Service]
ExecStart=sleep infinity
[Install]
WantedBy=multi-user.target
"""
SOURCES = "/etc/apt/sources.list.d"
MARK = "# switched off by gpudock: "


def sources(endpoints: Endpoints) -> dict[str, str]:
    """Return what people have written over the years: the vendors' repositories four times, with three keys."""
    docker, toolkit = f"{endpoints.docker_source}/linux/debian", f"{endpoints.toolkit_source}/stable/deb/amd64"
    return {
        "/etc/apt/sources.list": f"deb {toolkit} /\n# deb http://old.invalid x y\n",
        f"{SOURCES}/docker.list": f"deb [arch=amd64 signed-by=/usr/share/keyrings/docker.gpg] {docker} trixie stable\n",
        f"{SOURCES}/more.sources": (
            f"Types: deb\nURIs: {docker}/\nSuites: trixie\nComponents: stable\nSigned-By: /etc/apt/keyrings/old.asc\n\n"
            "# ours\nTypes: deb\nURIs: http://elsewhere.invalid/\nSuites: /\nEnabled: no\n"
        ),
    }


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost, lab_endpoints: Endpoints) -> Host:
    """Return a host with Debian's Docker, somebody who uses its containerd, and an apt that is dead."""
    host = lab_host(gpu="t4", name="in-the-way")
    look(host, "apt-get -qq update && apt-get -qq install --no-install-recommends docker.io docker-cli >/dev/null")
    write(host, "/etc/systemd/system/kubelet.service", KUBELET)
    write(host, "/etc/containerd/config.toml", CONFIG_TOML)
    write(host, DAEMON_JSON, json.dumps(FOREIGN))
    write(host, "/etc/apt/trusted.gpg.d/docker.asc", (KEYS / "docker.asc").read_text())
    write(host, "/etc/apt/trusted.gpg.d/somebody.asc", lab_endpoints.docker_key.read_text())
    for path, text in sources(lab_endpoints).items():
        write(host, path, text)
    look(host, "systemctl restart docker && systemctl enable -q --now kubelet.service")
    assert "Conflicting values set for option Signed-By" in attempt(host, "apt-get update").stdout
    return host


@pytest.fixture(scope="module")
def before(host: Host) -> str:
    return packages(host)


def test_a_containerd_that_others_use_is_not_touched(host: Host, before: str, gpudock: Gpudock) -> None:
    """Red without `_tenant_obstacles`."""
    was = traces(host)
    said = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert said.code == 70, said.all
    assert "kubelet.service uses this host's containerd" in said.err
    assert "--replace-containerd goes on" in said.err
    assert traces(host) == was


@pytest.fixture(scope="module")
def replaced(host: Host, before: str, gpudock: Gpudock) -> Said:
    said = gpudock.run("provision", f"root@{host.name}", "--yes", "--replace-containerd")
    assert said.code == 0, said.all
    return said


def test_debians_packages_give_way(replaced: Said, host: Host) -> None:
    """Red without the step `conflicts`."""
    assert "Remove docker.io, docker-cli, containerd, runc:" in replaced.out
    assert look(host, "docker version --format '{{.Server.Version}}'") == "26.1.5+dfsg1\n"
    assert "ii  docker-ce " in packages(host)
    assert "ii  docker.io" not in packages(host)


def test_what_people_wrote_is_kept(replaced: Said, host: Host) -> None:
    """Red when docker.io is purged, or `merge` drops a key, or conffiles are replaced."""
    assert FOREIGN.items() <= json.loads(look(host, f"cat {DAEMON_JSON}")).items()
    assert look(host, "cat /etc/containerd/config.toml") == CONFIG_TOML


def test_who_uses_containerd_runs_again(replaced: Said, host: Host) -> None:
    """Red when nobody starts what stopped together with Debian's containerd."""
    assert look(host, "systemctl is-active kubelet.service") == "active\n"


def test_other_entries_of_the_vendors_are_switched_off_and_apt_lives(
    replaced: Said, host: Host, lab_endpoints: Endpoints
) -> None:
    """Red when `foreign_sources` misses a form of file, or comes after the first apt command."""
    old = sources(lab_endpoints)
    assert look(host, f"cat {SOURCES}/docker.list") == MARK + old[f"{SOURCES}/docker.list"]
    assert look(host, "cat /etc/apt/sources.list") == MARK + old["/etc/apt/sources.list"]
    ours, _, theirs = old[f"{SOURCES}/more.sources"].partition("\n\n")
    assert look(host, f"cat {SOURCES}/more.sources") == f"{ours}\nEnabled: no\n\n{theirs}"
    assert attempt(host, "apt-get update").returncode == 0


def test_a_key_of_apt_key_vouches_for_nothing_any_more(replaced: Said, host: Host) -> None:
    """Red when a ring is judged by its name, or `apt_keys` also takes keys of others."""
    assert "Take Docker's key out of /etc/apt/trusted.gpg.d/docker.asc" in replaced.out
    assert look(host, "cd /etc/apt/trusted.gpg.d && ls docker.asc somebody.asc 2>/dev/null || true") == "somebody.asc\n"


def test_the_second_run_has_nothing_to_do(replaced: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when what was switched off is found again."""
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


def test_all_of_it_can_be_taken_back(
    replaced: Said, host: Host, before: str, gpudock: Gpudock, lab_endpoints: Endpoints
) -> None:
    """Red when `gd_reinstall` loses a package, or `gd_restore` a file."""
    said = gpudock.run("rollback", f"root@{host.name}", "--yes")
    assert said.code == 0, said.all
    assert packages(host) == before
    for path, text in sources(lab_endpoints).items():
        assert look(host, f"cat {path}") == text
    assert json.loads(look(host, f"cat {DAEMON_JSON}")) == FOREIGN
    assert look(host, "cat /etc/containerd/config.toml") == CONFIG_TOML
    assert look(host, "systemctl is-active docker.service; ls /etc/apt/trusted.gpg.d/docker.asc") == (
        "active\n/etc/apt/trusted.gpg.d/docker.asc\n"
    )
