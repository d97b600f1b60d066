"""Registries: which one an image belongs to, how one logs in for one push alone, and what a refusal means."""

from __future__ import annotations

import re

from provisioning.errors import AccessDenied, ChangeFailed, GpudockError, UsageError

DOCKER_HUB = "docker.io"
LOGIN_FAILED = 77
"""Exit code of `login_and_push`."""

# `docker login` leaves the password on the disk. Here it is in a folder of its own, which goes with the push.
_PUSH = """
user=$1 registry=$2 image=$3; shift 3
umask 077
config=$(mktemp -d) || exit
trap 'rm -rf -- "$config"' EXIT
trap 'exit 70' HUP INT TERM PIPE
"$@" --config "$config" login --username "$user" --password-stdin "$registry" >&2 || exit 77
"$@" --config "$config" push "$image"
"""
_DIGEST = re.compile(r"digest: (sha256:[0-9a-f]{64})")


def registry_of(image: str) -> str:
    """Return the registry that the name of an image names.

    >>> registry_of("nvidia/cuda:12.2"), registry_of("localhost:5000/a")
    ('docker.io', 'localhost:5000')
    """
    first, slash, _ = image.partition("/")
    return first if slash and (first == "localhost" or "." in first or ":" in first) else DOCKER_HUB


def login_and_push(docker: tuple[str, ...], user: str, image: str) -> tuple[str, ...]:
    """Return the program that logs in with the password on its standard input, pushes and forgets the password."""
    return ("sh", "-c", _PUSH, "sh", user, registry_of(image), image, *docker)


def digest(said: str) -> str:
    """Return the digest that `docker push` printed; '' where it is none that we know."""
    found = _DIGEST.findall(said)
    return found[-1] if found else ""


_REASONS: tuple[tuple[str, type[GpudockError], str, str], ...] = (
    (
        r"does not exist locally|[Nn]o such image",
        UsageError,
        "there is no image {image}",
        "`gpudock image.list --host {host}` shows those that there are.",
    ),
    (
        r"incorrect username or password|[Ll]ogin attempt .* failed",
        AccessDenied,
        "{registry} did not take the name and password",
        "Many registries want a token in place of the password.",
    ),
    (
        r"denied|unauthorized|authentication required|no basic auth",
        AccessDenied,
        "{registry} does not let this account push {image}",
        "Log in for this push with --user NAME; the name of the image must begin with a place that is yours.",
    ),
    (
        r"server gave HTTP response to HTTPS client",
        ChangeFailed,
        "{registry} speaks plain HTTP, which the engine refuses",
        'Give the registry a certificate, or name it in "insecure-registries" of daemon.json.',
    ),
    (
        r"dial tcp|i/o timeout|TLS handshake|no such host|connection refused|server misbehaving|Client\.Timeout",
        ChangeFailed,
        "the registry {registry} does not answer",
        "Check its name, and that {host} reaches it.",
    ),
)


def push_failure(host: str, image: str, said: str) -> GpudockError:
    """Return what a login or push that ended with the words `said` means."""
    registry = registry_of(image)
    for pattern, kind, message, hint in _REASONS:
        if re.search(pattern, said):
            text = f"{host}: {message}.".format(image=image, registry=registry)
            return kind(text, hint.format(host=host))
    last = (said.strip().splitlines() or ["it says no more"])[-1]
    return ChangeFailed(f"{host}: {image} could not be pushed: {last}")
