"""A container and its image, as `docker inspect` shows them, read back as the ContainerSpec that makes it again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.containers.backup import host_options
from provisioning.containers.backup.inspected_mounts import mounts_of, unmade_mounts
from provisioning.containers.backup.inspected_networks import networks_of, ports_of, unmade_networks
from provisioning.containers.spec import ContainerSpec, Gpus, Limits

Document = Mapping[str, Any]
Option = tuple[str, str]

_SHM = 64 << 20
"""What a container gets that asks for none (moby, daemon/config: DefaultShmSize)."""


@dataclass(frozen=True)
class Seen:
    """A container as it can be made again."""

    spec: ContainerSpec
    networks: tuple[str, ...]
    """Those that it has beside the one in `spec`."""
    lost: tuple[str, ...]
    """What `spec` cannot say, for people."""


def read(container: Document, image: Document, cgroup_version: str = "2") -> Seen:
    """Return what `container` is; `image` is the one it was made of, `{}` where that is gone.

    Raises KeyError and TypeError for documents of another kind.
    """
    config, host, made_of = container["Config"], container["HostConfig"], image.get("Config") or {}
    entrypoint, command = _started(config, made_of)
    network, networks, network_options = networks_of(container)
    spec = ContainerSpec(
        image=config["Image"],
        command=command,
        entrypoint=entrypoint,
        name=container["Name"].lstrip("/"),
        user=_unless_same(config, made_of, "User"),
        groups=tuple(host.get("GroupAdd") or ()),
        workdir=_unless_same(config, made_of, "WorkingDir"),
        gpus=_gpus(host),
        mounts=tuple(mounts_of(container)),
        ports=tuple(ports_of(host)),
        network=network,
        environment=_beyond_image(config.get("Env"), made_of.get("Env")),
        limits=Limits(shm=_shm(host), ulimits=tuple(_ulimits(host))),
        restart=_restart(host),
        labels=_new_labels(config, made_of),
        hostname=_hostname(container),
        init=bool(host.get("Init")),
        interactive=config["OpenStdin"],
        terminal=config["Tty"],
        removed=host["AutoRemove"],
        further=(*host_options.options_of(host), *network_options, *_options(config, made_of, host, cgroup_version)),
    )
    return Seen(spec, networks, tuple(_lost(container)))


def _lost(container: Document) -> Iterator[str]:
    host = container["HostConfig"]
    yield from host_options.not_understood(host)
    yield from unmade_mounts(container)
    yield from unmade_networks(container)
    requests = host.get("DeviceRequests") or ()
    if len(requests) > 1:
        yield f"all but the first of its {len(requests)} requests for GPUs"
    for request in requests:
        if request["Driver"] != "cdi" and request.get("Capabilities") not in ([["gpu"]], None):
            yield f"which capabilities of the driver its GPUs have: {request['Capabilities']}"
    if str(host.get("PidMode")).startswith("container:"):
        yield f"the processes that it shares with another container: {host['PidMode']}"
    if any(_is_profile(each) for each in host.get("SecurityOpt") or ()):
        yield "its own seccomp profile"


def _started(config: Document, image: Document) -> tuple[str, tuple[str, ...]]:
    """Return entrypoint and command. `--entrypoint` takes one word, and takes the image's command away."""
    entrypoint, command = list(config.get("Entrypoint") or ()), list(config.get("Cmd") or ())
    same = entrypoint == list(image.get("Entrypoint") or ())
    if same and command == list(image.get("Cmd") or ()):
        return "", ()
    if not entrypoint or (same and command):
        return "", tuple(command)
    return entrypoint[0], (*entrypoint[1:], *command)


def _unless_same(config: Document, image: Document, field: str) -> str:
    return "" if config.get(field) == image.get(field) else str(config.get(field) or "")


def _beyond_image(environment: Sequence[str] | None, image: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    pairs = (each.partition("=") for each in environment or () if each not in (image or ()))
    return tuple((name, value) for name, _, value in pairs)


def _new_labels(config: Document, image: Document) -> tuple[tuple[str, str], ...]:
    known = (image.get("Labels") or {}).items()
    return tuple(sorted(set((config.get("Labels") or {}).items()) - set(known)))


def _hostname(container: Document) -> str:
    name = str(container["Config"].get("Hostname") or "")
    own = container["Id"].startswith(name) or container["HostConfig"].get("NetworkMode") == "host"
    return "" if own else name


def _gpus(host: Document) -> Gpus:
    for request in host.get("DeviceRequests") or ():
        ids = tuple(request.get("DeviceIDs") or ())
        if request["Driver"] == "cdi":
            return Gpus(cdi=ids)
        count = request.get("Count")
        return Gpus(request="device=" + ",".join(ids) if ids else "all" if count == -1 else str(count))
    return Gpus()


def _shm(host: Document) -> int:
    size = int(host.get("ShmSize") or 0)
    return 0 if size == _SHM else size


def _ulimits(host: Document) -> Iterator[str]:
    for each in host.get("Ulimits") or ():
        hard = "" if each["Soft"] == each["Hard"] else f":{each['Hard']}"
        yield f"{each['Name']}={each['Soft']}{hard}"


def _restart(host: Document) -> str:
    policy = host.get("RestartPolicy") or {}
    name, times = str(policy.get("Name") or ""), int(policy.get("MaximumRetryCount") or 0)
    return "" if name == "no" else f"{name}:{times}" if times else name


def _options(config: Document, image: Document, host: Document, cgroup_version: str) -> Iterator[Option]:
    yield from _log(host)
    yield from _health(config, image)
    for option, field in (
        ("--domainname", "Domainname"),
        ("--stop-signal", "StopSignal"),
        ("--mac-address", "MacAddress"),
    ):
        if config.get(field) and config.get(field) != image.get(field):
            yield option, config[field]
    if config.get("StopTimeout") is not None:
        yield "--stop-timeout", str(config["StopTimeout"])
    published = {*(image.get("ExposedPorts") or ()), *(host.get("PortBindings") or ())}
    yield from (("--expose", port) for port in sorted(config.get("ExposedPorts") or ()) if port not in published)
    if host.get("CgroupnsMode") not in ("", None, "host" if cgroup_version == "1" else "private"):
        yield "--cgroupns", host["CgroupnsMode"]
    if host.get("PidMode") and not host["PidMode"].startswith("container:"):
        yield "--pid", host["PidMode"]
    yield from (("--security-opt", each) for each in _security(host))
    if host.get("MaskedPaths") == [] and not host["Privileged"]:
        yield "--security-opt", "systempaths=unconfined"


def _security(host: Document) -> Iterator[str]:
    """Yield what was asked for: who shares the host's processes or memory has no labels anyway."""
    by_itself = host["Privileged"] or "host" in (host.get("IpcMode"), host.get("PidMode"))
    for each in host.get("SecurityOpt") or ():
        if not _is_profile(each) and not (by_itself and each == "label=disable"):
            yield each


def _is_profile(security_option: str) -> bool:
    """Tell whether the engine keeps a profile's text, where its option wants the name of a file."""
    return bool(re.match(r"seccomp[=:]\s*\{", security_option))


def _log(host: Document) -> Iterator[Option]:
    log = host.get("LogConfig") or {}
    if log.get("Config") or log.get("Type") not in ("json-file", "", None):
        yield "--log-driver", log["Type"]
    yield from (("--log-opt", f"{name}={value}") for name, value in sorted((log.get("Config") or {}).items()))


def _health(config: Document, image: Document) -> Iterator[Option]:
    """An own check as a list of words has no option; the saved image keeps it."""
    health = config.get("Healthcheck") or {}
    if not health or health == image.get("Healthcheck"):
        return
    test = health.get("Test") or []
    if test == ["NONE"]:
        yield "--no-healthcheck", "true"
        return
    if test[:1] == ["CMD-SHELL"]:
        yield "--health-cmd", test[1]
    for option, field in (
        ("--health-interval", "Interval"),
        ("--health-timeout", "Timeout"),
        ("--health-start-period", "StartPeriod"),
        ("--health-start-interval", "StartInterval"),
    ):
        if health.get(field):
            yield option, f"{health[field]}ns"
    if health.get("Retries"):
        yield "--health-retries", str(health["Retries"])
