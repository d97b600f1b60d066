"""Put a container in the place of another one, which is gone only when the new one is there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from provisioning.containers.asking import Answer
from provisioning.containers.existing import Container
from provisioning.errors import ChangeFailed, Locked
from provisioning.operations.containers import DockerHost

ENDING = 10
"""Seconds that what is replaced has to end."""


def do(host: DockerHost, *argv: str) -> None:
    """Run `docker …`. Raises ChangeFailed with its last words."""
    answer = host.ask("docker", *argv)
    if answer.code:
        raise ChangeFailed(f"{host.name}: docker {argv[0]} failed: {answer.last}")


def start(host: DockerHost, argv: tuple[str, ...]) -> Answer:
    """Run `docker run …` to its end: let go of, it would go on there and start the container after all.

    Ctrl-C waits for it.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(host.ask, *argv).result()


@contextmanager
def replacing(host: DockerHost, name: str, before: Container | None) -> Iterator[None]:
    """Stop `before` and free its name for what the body makes; remove it when the body went well.

    When the body fails, what it made is removed, and `before` is as it was. Raises ChangeFailed.
    """
    if before:
        do(host, "rename", before.id, f"{name}-before")
    try:
        if before:
            do(host, "stop", f"--time={ENDING}", before.id)
        yield
    except BaseException as problem:
        if not isinstance(problem, Locked):  # else what has the name now is somebody else's
            host.ask("docker", "rm", "--force", name)
        if before:
            _put_back(host, name, before)
        raise
    if before:
        do(host, "rm", "--force", before.id)


def _put_back(host: DockerHost, name: str, before: Container) -> None:
    do(host, "rename", before.id, name)
    if before.lives:
        do(host, "start", before.id)
