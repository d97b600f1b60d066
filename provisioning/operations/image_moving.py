"""Pull from a registry, and push to one: what went is told by its digest, a password is never left behind."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers import registry
from provisioning.containers.asking import listen
from provisioning.containers.images import image_probe
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.containers import DockerHost, docker_host, pull, show_progress
from provisioning.operations.image_checking import require_no_secrets
from provisioning.operations.showing import console
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Push:
    image: str
    user: str
    """'' pushes with the login that the host has."""
    check: bool
    dry_run: bool


def pull_image(targets: Targets, name: str, *, dry_run: bool) -> None:
    """Pull an image, whether it is there or not. Raises what the pull says."""
    with docker_host(targets) as host:
        if dry_run:
            sys.stdout.write(f"{shlex.join((*host.prefix, 'docker', 'pull', name))}\n")
            return
        image = pull(host, name)
        console().print(f"{host.name}: {name}\n  {image.id}", markup=False)


def push_image(targets: Targets, request: Push, password: Callable[[], Secret]) -> None:
    """Push an image and print its name with the digest that others can rely on. Raises before anything is sent
    where it shows secrets; AccessDenied and ChangeFailed for what the registry says.
    """
    probe = image_probe(request.image)
    with docker_host(targets, (probe,)) as host:
        docker = (*host.prefix, "docker")
        if request.dry_run:
            sys.stdout.write(f"{shlex.join((*docker, 'push', request.image))}\n")
            return
        image = host.facts[probe]
        if image is None:
            raise registry.push_failure(host.name, request.image, "No such image")
        if request.check:
            require_no_secrets(host, request.image, image)
        said = _login_and_push(host, docker, request, password) if request.user else _push(host, docker, request.image)
        digest = registry.digest(said)
        if not digest:
            raise ChangeFailed(f"{host.name}: the registry named no digest for {request.image}: {said.strip()[-200:]}")
        sys.stdout.write(f"{untagged(request.image)}@{digest}\n")


def untagged(name: str) -> str:
    """Return the name of an image without its tag and digest."""
    name = name.partition("@")[0]
    place, slash, last = name.rpartition("/")
    return f"{place}{slash}{last.partition(':')[0]}"


def _login_and_push(host: DockerHost, docker: tuple[str, ...], request: Push, password: Callable[[], Secret]) -> str:
    secret = password().reveal()
    if not secret:
        raise UsageError("The password is empty.", "It is read from standard input, or asked for on a terminal.")
    return _pushed(host, registry.login_and_push(docker, request.user, request.image), request.image, secret.encode())


def _push(host: DockerHost, docker: tuple[str, ...], image: str) -> str:
    return _pushed(host, (*docker, "push", image), image)


def _pushed(host: DockerHost, argv: tuple[str, ...], image: str, given: bytes = b"") -> str:
    heard: list[bytes] = []

    def hear(chunk: bytes) -> None:
        heard.append(chunk)
        show_progress(chunk)

    answer = listen(host.runner, argv, hear, given)
    said = b"".join(heard).decode(errors="replace")
    if answer.code:
        raise registry.push_failure(host.name, image, answer.errors.strip() or said)
    return said
