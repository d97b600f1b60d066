"""The containers that a host has, and how each of them gets at GPUs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.probe import Facts, Probe

AT_MOST = 200
_ENVIRONMENT = ("NVIDIA_VISIBLE_DEVICES", "NVIDIA_REQUIRE_CUDA", "NVIDIA_DISABLE_REQUIRE")
_WANTED = " ".join(f'(eq (index (split . "=") 0) "{name}")' for name in _ENVIRONMENT)
# Of the environment only these variables leave the host: the rest of it is full of passwords.
_FORMAT = (
    '{"name":{{json .Name}},"running":{{json .State.Running}},"started":{{json .State.StartedAt}},'
    '"restart":{{json .HostConfig.RestartPolicy.Name}},"runtime":{{json .HostConfig.Runtime}},'
    '"requests":{{json .HostConfig.DeviceRequests}},"devices":{{json .HostConfig.Devices}},'
    '"shm":{{json .HostConfig.ShmSize}},"ipc":{{json .HostConfig.IpcMode}},"ulimits":{{json .HostConfig.Ulimits}},'
    '"ports":{{json .NetworkSettings.Ports}},'
    f'"environment":[{{{{range .Config.Env}}}}{{{{if or {_WANTED}}}}}{{{{json .}}}},{{{{end}}}}{{{{end}}}}null]}}'
)
# A daemon that is stopped is not asked: systemd would start it for whoever knocks at its socket.
SNIPPET = f"""
command -v docker >/dev/null && systemctl -q is-active docker.service || exit 0
ids=$(docker ps -aq --no-trunc) || exit 1
[ -n "$ids" ] || exit 0
docker inspect --type container --format {shlex.quote(_FORMAT)} $(printf '%s\\n' $ids | head -n {AT_MOST}) 2>/dev/null
true
"""


@dataclass(frozen=True)
class Container:
    name: str
    running: bool
    restarts: bool
    """The engine starts it again by itself."""
    runtime: str
    gpus: bool
    """It was started with --gpus."""
    cdi: bool
    """It names CDI devices of NVIDIA's."""
    device_nodes: tuple[str, ...]
    shm_bytes: int
    ipc: str
    memlock: int | None
    """The soft limit that it was given, -1 for none; None where the daemon's applies."""
    environment: Mapping[str, str]
    published: tuple[str, ...] = ()
    """The host's ports that lead to it from other machines, such as `8888/tcp`."""

    @property
    def uses_gpu(self) -> bool:
        return self.gpus or self.cdi or self.by_runtime or any("nvidia" in path for path in self.device_nodes)

    @property
    def by_runtime(self) -> bool:
        return self.runtime.startswith("nvidia") and self.asks_by_environment

    @property
    def asks_by_environment(self) -> bool:
        return self.environment.get("NVIDIA_VISIBLE_DEVICES", "") not in ("", "void", "none")

    @property
    def by_hook(self) -> bool:
        """The toolkit's hook or runtime changes it while it starts."""
        return self.gpus or (not self.cdi and self.by_runtime)


def parse(text: str) -> tuple[Container, ...]:
    return tuple(_container(json.loads(line)) for line in text.splitlines())


def _container(said: Any) -> Container:
    requests = said["requests"] or []
    limits = {limit["Name"]: int(limit["Soft"]) for limit in said["ulimits"] or []}
    return Container(
        name=said["name"].removeprefix("/"),
        running=bool(said["running"]),
        restarts=said["restart"] in ("always", "unless-stopped"),
        runtime=str(said["runtime"]),
        gpus=any(request["Driver"] in ("", "nvidia") for request in requests),
        cdi=any("nvidia.com/" in each for request in requests for each in request["DeviceIDs"] or []),
        device_nodes=tuple(device["PathOnHost"] for device in said["devices"] or []),
        shm_bytes=int(said["shm"]),
        ipc=str(said["ipc"]),
        memlock=limits.get("memlock"),
        environment=dict(each.split("=", 1) for each in said["environment"] if each),
        published=tuple(dict.fromkeys(_published(said.get("ports") or {}))),
    )


def _published(ports: Mapping[str, Any]) -> Iterator[str]:
    for inside, bindings in ports.items():
        for each in bindings or ():
            if each["HostIp"] in ("", "0.0.0.0", "::"):  # noqa: S104 - what Docker calls every interface
                yield f"{each['HostPort']}/{inside.partition('/')[2]}"


def redact(text: str) -> str:
    return "\n".join(
        json.dumps({**json.loads(line), "name": f"container-{number}"}) for number, line in enumerate(text.splitlines())
    )


CONTAINERS = Probe("containers", SNIPPET, parse, redact=redact)


def gpu_containers(facts: Facts, *, running: bool = False) -> list[Container]:
    """Return those that use a GPU; `running`: only those that run now."""
    return [each for each in facts[CONTAINERS] if each.uses_gpu and (each.running or not running)]
