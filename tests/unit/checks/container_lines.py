"""Containers as `docker inspect` tells of them."""

from __future__ import annotations

import json
from typing import Any


def line(name: str, **said: Any) -> str:
    described = {
        "name": f"/{name}",
        "running": True,
        "started": "2026-01-02T03:04:05.6Z",
        "restart": "no",
        "runtime": "runc",
        "requests": None,
        "devices": [],
        "shm": 2 << 30,
        "ipc": "private",
        "ulimits": [],
        "environment": [None],
        "ports": {},
    }
    return json.dumps({**described, **said}) + "\n"


def by_gpus(name: str, **said: Any) -> str:
    return line(name, requests=[{"Driver": "", "Count": -1, "DeviceIDs": None, "Capabilities": [["gpu"]]}], **said)


def by_cdi(name: str, **said: Any) -> str:
    return line(name, requests=[{"Driver": "cdi", "Count": 0, "DeviceIDs": ["nvidia.com/gpu=all"]}], **said)


def by_runtime(name: str, **said: Any) -> str:
    return line(name, runtime="nvidia", environment=["NVIDIA_VISIBLE_DEVICES=all", None], **said)
