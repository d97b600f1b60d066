"""Assertions of pytest-testinfra's about a host with Docker, written as its documentation writes them."""
# ruff: noqa: S101

from __future__ import annotations

import pytest
from testinfra.host import Host

PACKAGES = ("docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin")


@pytest.mark.parametrize("name", PACKAGES)
def test_package(host: Host, name: str) -> None:
    package = host.package(name)
    assert package.is_installed
    assert package.version


@pytest.mark.parametrize("name", ["docker", "containerd"])
def test_service(host: Host, name: str) -> None:
    service = host.service(name)
    assert service.is_running
    assert service.is_enabled


def test_sources(host: Host) -> None:
    source = host.file("/etc/apt/sources.list.d/docker.sources")
    assert source.exists
    assert source.mode == 0o644
    assert source.contains("Signed-By")
    key = host.file("/etc/apt/keyrings/docker.asc")
    assert key.exists
    assert key.user == "root"


def test_settings(host: Host) -> None:
    settings = host.file("/etc/docker/daemon.json")
    assert settings.exists
    assert settings.contains("registry-mirrors")


def test_socket(host: Host) -> None:
    socket = host.file("/run/docker.sock")
    assert socket.is_socket
    assert socket.group == "docker"
    assert host.group("docker").exists
    assert "docker" in host.user("admin").groups


def test_kernel(host: Host) -> None:
    assert host.sysctl("net.ipv4.ip_forward") == 1
    assert host.sysctl("vm.overcommit_memory") in {0, 1}
    assert host.system_info.distribution == "debian"
    assert host.interface("docker0").exists


def test_engine(host: Host) -> None:
    assert host.run("docker info").rc == 0
    assert host.run("docker compose version").rc == 0
    assert host.process.filter(comm="dockerd")
