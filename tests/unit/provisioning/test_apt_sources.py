"""Other people's source files: read, and switched off without touching the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.apt_sources import is_docker, is_toolkit, uris, without

DOCKER = "https://download.docker.com/linux/ubuntu"
LINES = (
    "# Docker\n"
    f"deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.gpg] {DOCKER} noble stable\n"
    f"#deb {DOCKER} jammy stable\n"
    "deb http://mirror/ubuntu noble main\n"
)
STANZAS = (
    "# mine\nTypes: deb\nURIs: http://mirror/ubuntu\nSuites: noble\n\n"
    f"Types: deb\nURIs: {DOCKER}/\nSuites: noble\nSigned-By:\n -----BEGIN\n .\n x\n\n"
    f"Enabled: no\nTypes: deb\nURIs: {DOCKER}\nSuites: jammy\n"
)


def test_lines() -> None:
    assert uris("/etc/apt/sources.list", LINES) == (DOCKER, "http://mirror/ubuntu")


def test_stanzas_that_are_on() -> None:
    assert uris("/etc/apt/sources.list.d/a.sources", STANZAS) == ("http://mirror/ubuntu", f"{DOCKER}/")


@pytest.mark.parametrize(("path", "text"), [("a.list", LINES), ("a.sources", STANZAS)])
def test_only_what_is_unwanted_is_switched_off(path: str, text: str) -> None:
    left = without(path, text, is_docker)
    assert uris(path, left) == ("http://mirror/ubuntu",)
    assert without(path, left, is_docker) == left
    assert without(path, text, is_toolkit) == text


@given(st.text(), st.sampled_from(["a.list", "a.sources"]))
def test_any_text_is_kept_where_nothing_is_unwanted(text: str, path: str) -> None:
    try:
        assert without(path, text, lambda uri: False) == text
    except ValueError:
        assert path == "a.sources"


@pytest.mark.parametrize(
    ("uri", "docker", "toolkit"),
    [
        (DOCKER, True, False),
        ("http://mirrors.aliyun.com/docker-ce/linux/debian/", True, False),
        ("https://repo.huaweicloud.com/docker-ce/linux/ubuntu", True, False),
        ("https://nvidia.github.io/libnvidia-container/stable/deb/$(ARCH)", False, True),
        ("https://nvidia.github.io/nvidia-docker/ubuntu20.04/amd64", False, True),
        ("https://mirrors.ustc.edu.cn/libnvidia-container/stable/deb/amd64", False, True),
        ("http://mirror/debian", False, False),
        ("http://mirror/linux/debian", False, False),
        ("https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64/", False, False),
    ],
)
def test_whose_repository_it_is(uri: str, docker: bool, toolkit: bool) -> None:
    assert (is_docker(uri), is_toolkit(uri)) == (docker, toolkit)
