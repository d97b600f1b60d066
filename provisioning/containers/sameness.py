"""A container remembers what was asked for, so that asking again for the same does nothing, and for another tells."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioning.containers.existing import Container
from provisioning.containers.project_run import masked
from provisioning.containers.rendering import mount_words, port_words
from provisioning.containers.spec import ContainerSpec
from provisioning.errors import UsageError

LABEL = "gpudock.spec"


def asked(spec: ContainerSpec) -> dict[str, str]:
    """Return what a container is, field by field, as people read it. Of a secret only its place is told."""
    return {name: value for name, value in _fields(spec) if value}


def stamped(spec: ContainerSpec) -> ContainerSpec:
    """Return the same container with a label that says what was asked for."""
    return replace(spec, labels=(*spec.labels, (LABEL, json.dumps(asked(spec), separators=(",", ":")))))


def differences(container: Container, spec: ContainerSpec) -> tuple[str, ...]:
    """Return a line for each field in which `spec` asks for something else than the container was made from."""
    before, now = _remembered(container.labels), asked(spec)
    return tuple(
        _told(name, before.get(name, ""), now.get(name, ""))
        for name in dict.fromkeys([*now, *before])
        if before.get(name) != now.get(name)
    )


def _told(name: str, before: str, now: str) -> str:
    """Return the difference as people read it: of variables those that differ, and of secrets no values."""
    if name == "environment":
        old, new = shlex.split(before), shlex.split(now)
        before = shlex.join(masked(each) for each in old if each not in new)
        now = shlex.join(masked(each) for each in new if each not in old)
    return f"{name}: {before or 'none'} -> {now or 'none'}"


def refuse_other(container: Container, spec: ContainerSpec, host: str) -> None:
    """Raise UsageError where the name of `spec` is another container's; the same one's is fine."""
    if container.kind != dict(spec.labels).get("gpudock.kind"):
        what = (
            f"a container of another kind ({container.kind})" if container.kind else "a container that is not gpudock's"
        )
        raise UsageError(f"{host}: {container.name} is the name of {what}.", "Take another one: --name NAME")
    if lines := differences(container, spec):
        raise UsageError(
            f"{host}: {container.name} is there, and was asked for otherwise:\n"
            + "\n".join(f"  {each}" for each in lines),
            "--recreate removes it and makes it anew; --name NAME makes another one beside it.",
        )


def _remembered(labels: Mapping[str, str]) -> dict[str, str]:
    try:
        said = json.loads(labels.get(LABEL, "{}"))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def _fields(spec: ContainerSpec) -> Iterator[tuple[str, str]]:
    yield "image", spec.image
    yield "command", shlex.join(spec.command)
    yield "entrypoint", spec.entrypoint
    yield "user", spec.user
    yield "workdir", spec.workdir
    yield "gpus", ",".join(device.removeprefix("nvidia.com/gpu=") for device in spec.gpus.cdi) or spec.gpus.request
    yield "mounts", "; ".join(map(mount_words, spec.mounts))
    yield "secrets", "; ".join(secret.target for secret in spec.secrets)
    yield "ports", ", ".join(map(port_words, spec.ports))
    yield "network", spec.network
    yield "environment", shlex.join(f"{name}={value}" for name, value in spec.environment)
    yield "shm", str(spec.limits.shm or "")
    yield "ulimits", ", ".join(spec.limits.ulimits)
    yield "restart", spec.restart
    yield "health", spec.health
    yield "repository", dict(spec.labels).get("gpudock.repository", "")
