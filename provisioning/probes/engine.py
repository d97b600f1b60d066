"""The Docker engine: its units, what the daemon says of itself, which containers run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from provisioning.command import hide_users
from provisioning.probe import Probe

UNITS = ("docker.service", "docker.socket", "containerd.service", "nvidia-cdi-refresh.service")
_SHOWN = "Id,LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStartTimestamp"


@dataclass(frozen=True)
class Unit:
    name: str
    loaded: bool
    active: str
    enabled: bool
    result: str
    started: int
    """Seconds since the epoch; 0 when it never ran."""
    masked: bool = False


def parse_units(text: str) -> Mapping[str, Unit]:
    blocks = (dict(line.partition("=")[::2] for line in block.splitlines()) for block in text.strip().split("\n\n"))
    return {block["Id"]: _unit(block) for block in blocks}


def _unit(block: Mapping[str, str]) -> Unit:
    return Unit(
        name=block["Id"],
        loaded=block["LoadState"] == "loaded",
        active=block["ActiveState"],
        enabled=block["UnitFileState"] == "enabled",
        result=block.get("Result", ""),
        started=_epoch(block.get("ExecMainStartTimestamp", "")),
        masked=block["LoadState"] == "masked",
    )


def _epoch(stamp: str) -> int:
    found = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", stamp)
    if not found:
        return 0
    return int(datetime.fromisoformat(found[1]).replace(tzinfo=timezone.utc).timestamp())


UNIT_STATES = Probe[Mapping[str, Unit]](
    "units", f"TZ=UTC systemctl show --no-pager -p {_SHOWN} {' '.join(UNITS)}", parse_units
)


@dataclass(frozen=True)
class Engine:
    """A daemon that answered."""

    version: tuple[int, ...]
    runtimes: frozenset[str]
    cdi_devices: frozenset[str] | None
    """Names such as `nvidia.com/gpu=all`; None before Docker 28.2, which does not list them."""
    live_restore: bool
    running: tuple[str, ...]
    """Names of the running containers."""
    root_dir: str = ""
    storage_driver: str = ""
    supports_d_type: bool = True
    cgroup_driver: str = ""
    cgroup_version: str = ""
    registry_mirrors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return ".".join(str(part) for part in self.version)


# `docker info` answers for a daemon that is dead or closed to us with a document of zeros, at times with exit code 0:
# what it says counts only after `docker ps` got through. A daemon that is stopped is not asked: its socket may still be
# open, and systemd starts it for whoever knocks. The client starts each of its plugins for `info`, which takes it ten
# times as long as the engine itself, so that is asked where curl is there.
DAEMON_SNIPPET = """
command -v docker >/dev/null || { echo missing; exit 0; }
systemctl -q is-active docker.service || { echo 'silent docker.service does not run'; exit 0; }
names=$(docker ps --format '{{.Names}}' 2>&1) || { printf 'silent %s\\n' "$(printf %s "$names" | tail -n 1)"; exit 0; }
info=
[ -n "$DOCKER_HOST" ] ||
  info=$(curl -qsf --noproxy '*' --unix-socket /var/run/docker.sock http://docker/info 2>/dev/null)
[ -n "$info" ] || info=$(docker info --format '{{json .}}' 2>/dev/null) || exit 1
printf 'answers %s\\n%s\\n' "$info" "$names"
"""


@dataclass(frozen=True)
class Daemon:
    """What asking the daemon gave: an Engine, or why there is none."""

    engine: Engine | None
    complaint: str = ""


def version_numbers(text: str) -> tuple[int, ...]:
    """Read `28.2.1-rc1` as (28, 2, 1). Raises ValueError where no number leads."""
    found = re.match(r"\d+(?:\.\d+)*", text)
    if not found:
        raise ValueError(f"{text!r} is no version")
    return tuple(int(part) for part in found[0].split("."))


def _document(text: str) -> dict[str, Any]:
    info = json.loads(text)
    if not isinstance(info, dict):
        raise ValueError("docker info printed no object")
    return info


def parse_daemon(text: str) -> Daemon:
    first, *lines = text.splitlines()
    names = [name for name in lines if name]
    state, _, rest = first.partition(" ")
    if state == "missing":
        return Daemon(None)
    if state == "silent":
        return Daemon(None, complaint=rest)
    info = _document(rest)
    devices = info.get("DiscoveredDevices")
    version = version_numbers(info["ServerVersion"])
    return Daemon(
        Engine(
            version=version,
            runtimes=frozenset(info["Runtimes"] or ()),
            cdi_devices=frozenset(d["ID"] for d in devices or ()) if version >= (28, 2) else None,
            live_restore=bool(info["LiveRestoreEnabled"]),
            running=tuple(names),
            **_details(info),
        )
    )


def _details(info: dict[str, Any]) -> dict[str, Any]:
    """Return what facts that were saved by an older gpudock lack."""
    return {
        "root_dir": str(info.get("DockerRootDir") or ""),
        "storage_driver": str(info.get("Driver") or ""),
        "supports_d_type": ["Supports d_type", "false"] not in (info.get("DriverStatus") or []),
        "cgroup_driver": str(info.get("CgroupDriver") or ""),
        "cgroup_version": str(info.get("CgroupVersion") or ""),
        "registry_mirrors": tuple((info.get("RegistryConfig") or {}).get("Mirrors") or ()),
        "warnings": tuple(info.get("Warnings") or ()),
    }


_KEPT = (
    "ServerVersion",
    "Runtimes",
    "DiscoveredDevices",
    "LiveRestoreEnabled",
    "DockerRootDir",
    "Driver",
    "DriverStatus",
    "CgroupDriver",
    "CgroupVersion",
    "Warnings",
)


def redact_daemon(text: str) -> str:
    """Keep of `docker info` what is read here: the rest holds proxies, addresses and labels."""
    first, *names = text.splitlines()
    state, _, rest = first.partition(" ")
    if state != "answers":
        return text
    info = _document(rest)
    mirrors = (info.get("RegistryConfig") or {}).get("Mirrors") or ()
    shown = [hide_users(str(mirror)) for mirror in mirrors]
    kept = {**{key: info.get(key) for key in _KEPT}, "RegistryConfig": {"Mirrors": shown}}
    return "\n".join([f"answers {json.dumps(kept)}", *names])


DAEMON = Probe("daemon", DAEMON_SNIPPET, parse_daemon, redact=redact_daemon)
