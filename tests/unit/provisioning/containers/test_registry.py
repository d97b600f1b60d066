"""Registries by name, and their refusals as Docker 26.1 passed them on."""

from __future__ import annotations

import pytest

from provisioning.containers.registry import digest, login_and_push, push_failure, registry_of
from provisioning.errors import AccessDenied, ChangeFailed, GpudockError, UsageError


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("cuda", "docker.io"),
        ("nvidia/cuda:12.2", "docker.io"),
        ("ghcr.io/a/b", "ghcr.io"),
        ("localhost/a", "localhost"),
        ("127.0.0.1:5000/a/b:1", "127.0.0.1:5000"),
    ],
)
def test_the_registry_of_an_image(image: str, registry: str) -> None:
    assert registry_of(image) == registry


def test_the_password_is_no_word_of_the_command() -> None:
    argv = login_and_push(("sudo", "-n", "docker"), "me", "ghcr.io/a/b:1")
    assert argv[3:] == ("sh", "me", "ghcr.io", "ghcr.io/a/b:1", "sudo", "-n", "docker")
    assert "--password-stdin" in argv[2]


def test_the_digest_of_a_push() -> None:
    sha = "sha256:" + "25" * 32
    assert digest(f"latest: digest: {sha} size: 739\n") == sha
    assert digest("latest: Pushed") == ""


@pytest.mark.parametrize(
    ("said", "kind", "means"),
    [
        ("An image does not exist locally with the tag: r/a", UsageError, "there is no image r/a:1"),
        ("unauthorized: incorrect username or password", AccessDenied, "did not take the name and password"),
        ("denied: requested access to the resource is denied", AccessDenied, "does not let this account push r/a:1"),
        ("no basic auth credentials", AccessDenied, "does not let this account"),
        ("http: server gave HTTP response to HTTPS client", ChangeFailed, "speaks plain HTTP"),
        ("dial tcp 127.0.0.1:5001: connect: connection refused", ChangeFailed, "docker.io does not answer"),
        ("a\nsomething new", ChangeFailed, "could not be pushed: something new"),
        ("", ChangeFailed, "it says no more"),
    ],
)
def test_what_a_refusal_means(said: str, kind: type[GpudockError], means: str) -> None:
    error = push_failure("h", "r/a:1", said)
    assert type(error) is kind
    assert means in error.message
