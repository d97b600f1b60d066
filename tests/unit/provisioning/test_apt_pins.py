"""Preferences of apt's that forbid what is to be installed."""

from __future__ import annotations

import pytest

from provisioning.errors import UnsupportedHost
from provisioning.planner import plan
from provisioning.settings import Settings
from tests.unit.described_host import GPU, file, fresh, ready

PREF = "/etc/apt/preferences.d/no-docker"
DOCKER_ORIGIN = 'origin "download.docker.com"'


def entry(packages: str, of: str, priority: str) -> str:
    return f"Explanation: ours\nPackage: {packages}\nPin: {of}\nPin-Priority: {priority}\n\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (entry("docker-ce", "version *", "-1"), "docker-ce"),
        (entry("docker-ce containerd.io", DOCKER_ORIGIN, "-1"), "docker-ce, containerd.io"),
        ("# by hand\n" + entry("docker-ce-*", "origin *.docker.com", "-10"), "docker-ce-cli"),
        (entry("*", "release o=Docker", "-1"), "docker-ce, docker-ce-cli, containerd.io, docker-buildx-plugin"),
        (entry("docker-ce", "release n=trixie", "-1") + entry("docker-ce", "version *", "600"), "docker-ce"),
    ],
)
def test_a_forbidding_pin_is_named_with_its_file(text: str, names: str) -> None:
    with pytest.raises(UnsupportedHost, match="apt may not install") as refused:
        plan(fresh(apt_preferences=file(PREF, text)), Settings(), "gpu1")
    assert f"apt may not install {names}" in refused.value.message
    assert PREF in refused.value.message and "apt-cache policy docker-ce" in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no entry at all",
        entry("docker-ce", "version *", "600"),
        entry("docker-ce", "version *", "never"),
        entry("docker-ce", "version 26.*", "-1"),
        entry("docker-ce", 'origin "packages.example.org"', "-1"),
        entry("docker-ce", "release o=Ubuntu", "-1"),
        entry("docker.io snapd", "version *", "-1"),
        entry("docker-ce", "version *", "600") + entry("docker-ce", "release n=trixie", "-1"),
        entry("*", DOCKER_ORIGIN, "-1") + entry("docker-* containerd.io", DOCKER_ORIGIN, "600"),
    ],
)
def test_what_forbids_nothing_of_ours(text: str) -> None:
    assert plan(fresh(apt_preferences=file(PREF, text)), Settings(), "gpu1")


def test_a_file_that_apt_does_not_read_forbids_nothing() -> None:
    forbidding = entry("docker-ce", "version *", "-1")
    assert plan(fresh(apt_preferences=file(f"{PREF}.bak", forbidding)), Settings(), "gpu1")


def test_a_pin_on_what_is_there_already_is_in_nobodys_way() -> None:
    assert not plan(ready(apt_preferences=file(PREF, entry("docker-ce", "version *", "-1"))), Settings(), "gpu1")


def test_a_version_that_is_asked_for_comes_in_spite_of_the_pin() -> None:
    told = {"apt_preferences": file(PREF, entry("docker-ce", "version *", "-1"))}
    told["available"] = "docker-ce | 5:28.5.1-1~debian.13~trixie | http://m / Packages\n"
    assert plan(fresh(**told), Settings(docker_version="28"), "gpu1")


def test_the_toolkit_is_of_its_own_source() -> None:
    nvidia = file(PREF, entry("*", "origin nvidia.github.io", "-1"))
    assert plan(fresh(apt_preferences=nvidia), Settings(), "gpu1")
    with pytest.raises(UnsupportedHost, match="apt may not install nvidia-container-toolkit, "):
        plan(fresh(**GPU, apt_preferences=nvidia), Settings(), "gpu1")
