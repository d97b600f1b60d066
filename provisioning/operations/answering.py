"""Wait until the server in a container answers, and prove that it lets in its owner alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers.service import judge_doors
from provisioning.errors import ChangeFailed
from provisioning.operations.containers import DockerHost

READY_WITHIN = 90.0
"""Seconds."""
_PAUSE, _LOOK = 0.1, 1.0
_LINES = 12
_DOOR = "api/contents"
"""What every Jupyter server shows to nobody without its token; `api` it shows to all."""


def _status(url: str, token: str = "") -> int | None:
    from provisioning.runners.web import status  # slow: requests

    return status(url, token)


@dataclass(frozen=True)
class Waiting:
    """Whom to wait for, and how."""

    host: DockerHost
    name: str
    url: str
    token: Secret
    status: Callable[..., int | None] = _status
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def until_it_answers(waiting: Waiting) -> None:
    """Return when the server answers. Raises ChangeFailed, with the end of its log, when it ended or never answers."""
    end = waiting.clock() + READY_WITHIN
    look = waiting.clock() + _LOOK
    while not _serves(waiting.status(waiting.url + "api")):
        if waiting.clock() >= look:  # asking the engine costs more than asking the port
            _require_life(waiting)
            look = waiting.clock() + _LOOK
        if waiting.clock() >= end:
            raise ChangeFailed(
                f"{waiting.host.name}: {waiting.name} does not answer within {READY_WITHIN:.0f} s.\n"
                + _log(waiting.host, waiting.name),
                "Take an image with a Jupyter server in it, or mend what its log names.",
            )
        waiting.sleep(_PAUSE)


def _serves(status: int | None) -> bool:
    """Tell an answer from a gateway's complaint that the server behind it is not there yet."""
    return status is not None and status < 500


def prove_doors(waiting: Waiting) -> None:
    """Ask with and without the token. Raises ChangeFailed where it is open to all, after stopping it, or to nobody."""
    door = waiting.url + _DOOR
    try:
        judge_doors(
            waiting.name,
            waiting.host.name,
            without=waiting.status(door),
            with_token=waiting.status(door, waiting.token.reveal()),
        )
    except ChangeFailed:
        waiting.host.ask("docker", "stop", "--time=1", waiting.name)
        raise


def ended(host: DockerHost, name: str, code: str) -> ChangeFailed:
    """Return what to say of a container that ended instead of serving."""
    return ChangeFailed(
        f"{host.name}: {name} ended with exit code {code}:\n{_log(host, name)}",
        "Take an image with a Jupyter server in it, or mend what its log names.",
    )


def _require_life(waiting: Waiting) -> None:
    answer = waiting.host.ask("docker", "inspect", "--format={{.State.Status}} {{.State.ExitCode}}", waiting.name)
    state, _, code = answer.output.strip().partition(" ")
    if state not in ("running", "created"):
        raise ended(waiting.host, waiting.name, code or "unknown")


def _log(host: DockerHost, name: str) -> str:
    answer = host.ask("docker", "logs", f"--tail={_LINES}", name)
    return (answer.output + answer.errors).strip() or "It said nothing."
