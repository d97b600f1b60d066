"""What the stand-in's docker answers to questions, as Docker 19.03 words it: the client's words and the engine's."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from lab.toolbox.docker_containers import document, found
from lab.toolbox.docker_words import Failed
from lab.toolbox.state import Machine, World

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


def answer(world: World, machine: Machine, argv: Sequence[str]) -> str:
    """Return what `docker ARGV` prints. Raises Failed."""
    verb = argv[0] if argv else ""
    plain = not any(word.startswith(("-f", "--format", "-q", "--quiet")) for word in argv)
    if verb == "version":
        return _VERSION
    if verb == "info":
        return json.dumps(_INFO) + "\n"
    if verb == "ps":
        return (
            _PS if plain else "".join(f"{each.id if '--quiet' in argv else each.name}\n" for each in machine.containers)
        )
    if verb == "inspect":
        names = [word for word in argv[1:] if re.fullmatch(r"[\w.-]+", word) and word != "container" and word[0] != "-"]
        told = [document(world, found(machine, name)) for name in names]
        return "".join(_formatted(each, argv) + "\n" for each in told)
    if list(argv[:2]) == ["image", "inspect"]:
        return json.dumps(_image(world, argv[-1])) + "\n"
    raise Failed(1, f"docker: the stand-in does not answer {verb!r}\n")


def _formatted(document: dict[str, Any], argv: Sequence[str]) -> str:
    if any("{{.State.Status}}" in word for word in argv):
        return f"{document['State']['Status']} {document['State']['ExitCode']}"
    return json.dumps(document)


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
