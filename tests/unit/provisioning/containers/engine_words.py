"""What `docker inspect` says of containers, as Docker 26.1.5 said it on a lab host, cut to what is read."""

from __future__ import annotations

import json
from typing import Any

CDI = {"Driver": "cdi", "Count": 0, "DeviceIDs": ["nvidia.com/gpu=all"], "Capabilities": None, "Options": None}
EVERY = {"Driver": "", "Count": -1, "DeviceIDs": None, "Capabilities": [["gpu"]], "Options": {}}
PORTS = {
    "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8081"}, {"HostIp": "::", "HostPort": "8081"}],
    "81/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}],
    "82/tcp": None,
}


def inspected(
    name: str = "yy",
    *,
    status: str = "running",
    code: int = 0,
    requests: list[dict[str, Any]] | None = None,
    ports: dict[str, Any] | None = None,
    labels: dict[str, str] | None = None,
    created: str = "2026-11-20T13:40:47.464186762Z",
    finished: str = "0001-01-01T00:00:00Z",
) -> str:
    document = {
        "Id": f"{name}0be1b0583a0903701108266af04573",
        "Created": created,
        "Name": f"/{name}",
        "State": {
            "Status": status,
            "OOMKilled": False,
            "ExitCode": code,
            "StartedAt": "2026-11-20T13:40:48.167611896Z",
            "FinishedAt": finished,
        },
        "HostConfig": {"NetworkMode": "bridge", "DeviceRequests": requests},
        "Config": {"Image": "hello-world", "Labels": labels},
        "NetworkSettings": {"Ports": ports or {}},
    }
    return json.dumps(document)
