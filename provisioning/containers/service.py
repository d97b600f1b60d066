"""What containers have in common that a person opens in a browser: names, ports, addresses, and who is let in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers.existing import Container
from provisioning.containers.spec import LOOPBACK
from provisioning.errors import ChangeFailed, UsageError


@dataclass(frozen=True)
class Service:
    """A kind of container with a web page on `port`, which takes a token as Jupyter does."""

    kind: str
    """`jupyter`: what its tasks are called."""
    port: int

    def task(self, verb: str, host: str, name: str = "") -> str:
        """Return one of its tasks as a person types it for `host`, with the container's `name` where it is needed."""
        where = () if host == "localhost" else (host,)
        return " ".join((f"gpudock {self.kind}.{verb}", *where, *(("--name", name) if name else ())))


def default_name(kind: str, user: str) -> str:
    """Return a name that two people on one host do not share."""
    return f"{kind}-{re.sub('[^a-zA-Z0-9_.-]', '-', user)}"


def published_port(container: Container, inside: int, host: str) -> int:
    """Return the host's port that leads to the port `inside`. Raises UsageError where the container does not run."""
    for port in container.ports:
        if port.container == f"{inside}/tcp":
            return port.host
    raise UsageError(
        f"{host}: {container.name} does not run ({container.state}).",
        f"Start it: {Service(container.kind, inside).task('up', host, container.name)}",
    )


def address(port: int, host: str = LOOPBACK) -> str:
    return f"http://{host}:{port}/"


def with_token(url: str, token: Secret) -> str:
    """Return the address that opens without asking: for the terminal alone."""
    return f"{url}?token={token.reveal()}"


def judge_doors(name: str, host: str, *, without: int | None, with_token: int | None) -> None:
    """Take the answers to a request without the token and with it.

    Raises ChangeFailed where the door is open to all, or shut to its owner.
    """
    if without is not None and without < 300:
        raise ChangeFailed(
            f"{host}: {name} lets everybody in, with or without the token; it is stopped.",
            "The image overrules its configuration. Take another image.",
        )
    if with_token is None or with_token >= 300:
        raise ChangeFailed(
            f"{host}: {name} answers, and does not take its token ({with_token or 'no answer'}).",
            "Its log may tell why; another image may take it.",
        )
