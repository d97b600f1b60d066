"""An image: its name, what the engine knows of it, and what a failed pull means."""

from __future__ import annotations

import json

import pytest

from provisioning.containers.images import (
    Image,
    image_probe,
    parse,
    pull_failure,
    require_architecture,
    require_image_name,
)
from provisioning.errors import ChangeFailed, GpudockError, UnsupportedHost, UsageError


@pytest.mark.parametrize(
    "name", ["a", "nvidia/cuda:12.8.0-base", "host:5000/x@sha256:" + "a" * 64, "sha256:" + "b" * 64]
)
def test_names(name: str) -> None:
    assert require_image_name(name) == name


@pytest.mark.parametrize("name", ["", "-x", "A/b", "a b", "--privileged", "a;b", "ü"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of an image"):
        require_image_name(name)


def test_what_the_engine_knows() -> None:
    config = {"Env": ["A=b"], "User": "u"}
    assert parse(json.dumps({"Id": "i", "Architecture": "arm64", "Config": config})) == Image(
        "i", "arm64", ("A=b",), "u"
    )
    assert parse(json.dumps({"Id": "i", "Architecture": "amd64", "Config": None})) == Image("i", "amd64")
    assert parse("null") is None
    assert "'a b'" in image_probe("a b").snippet


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("pull access denied for x, repository does not exist", UsageError, "no registry has the image x"),
        ("manifest for x:1 not found: manifest unknown", UsageError, "no registry has"),
        ("no matching manifest for linux/arm64", UnsupportedHost, "not made for this host's architecture"),
        ("toomanyrequests: You have reached", ChangeFailed, "gives no more images"),
        ("dial tcp: lookup registry: no such host", ChangeFailed, "does not answer"),
        ("write /x: no space left on device", ChangeFailed, "no room"),
        ("something\nelse", ChangeFailed, "could not be pulled: else"),
        ("", ChangeFailed, "it says no more"),
    ],
)
def test_a_failed_pull(said: str, kind: type[GpudockError], words: str) -> None:
    failure = pull_failure("gpu1", "x", said)
    assert type(failure) is kind
    assert words in failure.message
    assert failure.message.startswith("gpu1: ")
    assert failure.hint


@pytest.mark.parametrize(
    ("image", "host", "emulates", "runs"),
    [
        ("amd64", "x86_64", False, True),
        ("386", "x86_64", False, True),
        ("arm64", "aarch64", False, True),
        ("arm", "aarch64", False, True),
        ("arm64", "x86_64", False, False),
        ("amd64", "aarch64", False, False),
        ("arm64", "x86_64", True, True),
        ("s390x", "s390x", False, True),
    ],
)
def test_an_image_for_another_architecture(image: str, host: str, emulates: bool, runs: bool) -> None:
    if runs:
        require_architecture(Image("i", image), "x", host, "gpu1", emulates=emulates)
        return
    with pytest.raises(UnsupportedHost, match=f"made for {image}, and this host is {host}"):
        require_architecture(Image("i", image), "x", host, "gpu1", emulates=emulates)
