"""The containers that a host's engine has, running or not, as `docker inspect` tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioning.errors import UsageError
from provisioning.probe import Probe

KIND = "gpudock.kind"
ALL = "all"

# One that goes between the two questions is complained of and left out.
_SNIPPET = """
ids=$(docker ps --all --quiet --no-trunc) || exit 1
[ -z "$ids" ] || docker inspect --type container --format '{{json .}}' $ids || true
"""


@dataclass(frozen=True)
class Published:
    """A port of a container that the host hands on, as it is while the container runs."""

    container: str
    """`8888/tcp`."""
    address: str
    host: int


@dataclass(frozen=True)
class Container:
    id: str
    name: str
    image: str
    """As it was asked for."""
    state: str
    """created, running, paused, restarting, removing, exited, dead."""
    exit_code: int
    out_of_memory: bool
    created: str
    started: str
    """As Docker writes a time; '' when it never was."""
    finished: str
    network: str
    gpus: frozenset[str] = frozenset()
    """UUIDs and indices, or ALL; empty: none."""
    gpu_count: int = 0
    """How many it asked for without saying which."""
    ports: tuple[Published, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What gpudock started it for, '' when it did not."""
        return self.labels.get(KIND, "")

    @property
    def lives(self) -> bool:
        return self.state in ("running", "paused", "restarting")


def parse(text: str) -> tuple[Container, ...]:
    """Return the containers, the youngest first."""
    found = (_read(json.loads(line)) for line in text.splitlines() if line.strip())
    return tuple(sorted(found, key=lambda container: container.created, reverse=True))


CONTAINERS = Probe("containers", _SNIPPET, parse)


def named(containers: Sequence[Container], name: str, host: str) -> Container:
    """Return the container that is called `name`, or whose id begins so. Raises UsageError."""
    for container in containers:
        if container.name == name or (len(name) >= _SHORTEST_ID and container.id.startswith(name)):
            return container
    there = ", ".join(container.name for container in containers) or "none at all"
    raise UsageError(f"{host}: there is no container {name!r}.", f"It has: {there}.")


_SHORTEST_ID = 6


def _read(document: Mapping[str, Any]) -> Container:
    state, config, host = document["State"], document["Config"], document["HostConfig"]
    requests = host.get("DeviceRequests") or ()
    return Container(
        id=document["Id"],
        name=document["Name"].removeprefix("/"),
        image=config["Image"],
        state=state["Status"],
        exit_code=state["ExitCode"],
        out_of_memory=bool(state.get("OOMKilled")),
        created=document["Created"],
        started=_time(state["StartedAt"]),
        finished=_time(state["FinishedAt"]),
        network=host.get("NetworkMode", ""),
        gpus=frozenset(name for request in requests for name in _gpu_names(request)),
        gpu_count=sum(max(request.get("Count") or 0, 0) for request in requests),
        ports=tuple(_published(document["NetworkSettings"].get("Ports") or {})),
        labels=config.get("Labels") or {},
    )


def _time(text: str) -> str:
    return "" if text.startswith("0001-") else text


def _gpu_names(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a request names: by CDI (`nvidia.com/gpu=UUID`), by UUID, or all of them (a count of -1)."""
    if request.get("Count") == -1:
        yield ALL
    for device in request.get("DeviceIDs") or ():
        kind, _, name = device.rpartition("=")
        if kind in ("", "nvidia.com/gpu"):
            yield name


def _published(ports: Mapping[str, Any]) -> Iterator[Published]:
    for container, places in sorted(ports.items()):
        for place in places or ():
            yield Published(container, place["HostIp"] or "0.0.0.0", int(place["HostPort"]))  # noqa: S104 - read, not bound
