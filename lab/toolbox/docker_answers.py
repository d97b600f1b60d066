"""What the stand-in's docker answers to questions, as Docker 19.03 words it: the client's words and the engine's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from lab.toolbox.docker_words import Failed
from lab.toolbox.state import World

_VERSION = (
    "Client: Docker Engine - Community (stand-in)\n Version:           19.03.12\n\n"
    "Server: Docker Engine - Community (stand-in)\n Engine:\n  Version:          19.03.12\n"
)
_PS = (
    "CONTAINER ID        IMAGE               COMMAND             CREATED             STATUS              PORTS"
    "               NAMES\n"
)
_INFO = {
    "ServerVersion": "19.03.12",
    "Runtimes": {"runc": {"path": "runc"}},
    "DefaultRuntime": "runc",
    "LiveRestoreEnabled": False,
    "DockerRootDir": "/mnt/sda1/var/lib/docker",
    "Driver": "overlay2",
    "DriverStatus": [["Supports d_type", "true"]],
    "CgroupDriver": "cgroupfs",
    "OperatingSystem": "Boot2Docker 19.03.12 (TCL 10.1) (stand-in)",
    "Architecture": "x86_64",
    "Warnings": None,
}


def answer(world: World, argv: Sequence[str]) -> str:
    """Return what `docker ARGV` prints. Raises Failed."""
    verb = argv[0] if argv else ""
    plain = not any(word.startswith(("-f", "--format", "-q", "--quiet")) for word in argv)
    if verb == "version":
        return _VERSION
    if verb == "info":
        return json.dumps(_INFO) + "\n"
    if verb == "ps":
        return _PS if plain else ""
    if list(argv[:2]) == ["image", "inspect"]:
        return json.dumps(_image(world, argv[-1])) + "\n"
    raise Failed(1, f"docker: the stand-in does not answer {verb!r}\n")


def has(world: World, name: str) -> bool:
    """Tell whether the engine has the image."""
    return _tagged(name) in world.images


def _image(world: World, name: str) -> dict[str, Any]:
    if not has(world, name):
        raise Failed(1, f"\nError: No such image: {name}\n")
    return {
        "Id": "sha256:" + "5" * 64,
        "RepoTags": [_tagged(name)],
        "Architecture": "amd64",
        "Os": "linux",
        "Config": {},
    }


def _tagged(name: str) -> str:
    return name if ":" in name else f"{name}:latest"
