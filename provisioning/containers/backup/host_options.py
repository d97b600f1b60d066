"""Which option of `docker run` stands behind each field of an inspected HostConfig (Docker Engine API 1.24 to 1.51).

A field that is neither here nor in READ_ELSEWHERE, and is set, cannot be made again: it is named, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Values = Callable[[Any], Iterator[str]]

READ_ELSEWHERE = frozenset(
    {
        *("AutoRemove", "Binds", "CgroupnsMode", "DeviceRequests", "GroupAdd", "Init", "Links", "LogConfig"),
        *("Mounts", "NetworkMode", "PidMode", "PortBindings", "RestartPolicy", "SecurityOpt", "ShmSize", "Ulimits"),
        *("MaskedPaths", "ReadonlyPaths", "VolumesFrom"),
        # Of the terminal and the file that the command line had, or of other systems than Linux.
        *("ConsoleSize", "ContainerIDFile", "Isolation", "Cgroup"),
    }
)


def _one(value: Any) -> Iterator[str]:
    yield str(value).lower() if isinstance(value, bool) else str(value)


def _each(values: Sequence[Any]) -> Iterator[str]:
    return map(str, values)


def _pairs(values: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}={value}" for name, value in sorted(values.items()))


def _tmpfs(values: Mapping[str, str]) -> Iterator[str]:
    return (f"{target}:{options}" if options else target for target, options in sorted(values.items()))


def _devices(devices: Sequence[Mapping[str, str]]) -> Iterator[str]:
    return (f"{each['PathOnHost']}:{each['PathInContainer']}:{each['CgroupPermissions']}" for each in devices)


def _rates(rates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    return (f"{each['Path']}:{each.get('Rate', each.get('Weight'))}" for each in rates)


def _cpus(nano: int) -> Iterator[str]:
    yield f"{nano / 1e9:.9f}".rstrip("0").rstrip(".")


_UNLIMITED_BY_DEFAULT = {"PidsLimit": (0, -1), "MemorySwappiness": (-1,)}
_DEFAULTS: Mapping[str, tuple[str, ...]] = {"IpcMode": ("private",), "Runtime": ("runc", "io.containerd.runc.v2")}

_OPTIONS: Mapping[str, tuple[str, Values]] = {
    "Annotations": ("--annotation", _pairs),
    "BlkioDeviceReadBps": ("--device-read-bps", _rates),
    "BlkioDeviceReadIOps": ("--device-read-iops", _rates),
    "BlkioDeviceWriteBps": ("--device-write-bps", _rates),
    "BlkioDeviceWriteIOps": ("--device-write-iops", _rates),
    "BlkioWeight": ("--blkio-weight", _one),
    "BlkioWeightDevice": ("--blkio-weight-device", _rates),
    "CapAdd": ("--cap-add", _each),
    "CapDrop": ("--cap-drop", _each),
    "CgroupParent": ("--cgroup-parent", _one),
    "CpuPeriod": ("--cpu-period", _one),
    "CpuQuota": ("--cpu-quota", _one),
    "CpuRealtimePeriod": ("--cpu-rt-period", _one),
    "CpuRealtimeRuntime": ("--cpu-rt-runtime", _one),
    "CpuShares": ("--cpu-shares", _one),
    "CpusetCpus": ("--cpuset-cpus", _one),
    "CpusetMems": ("--cpuset-mems", _one),
    "DeviceCgroupRules": ("--device-cgroup-rule", _each),
    "Devices": ("--device", _devices),
    "Dns": ("--dns", _each),
    "DnsOptions": ("--dns-option", _each),
    "DnsSearch": ("--dns-search", _each),
    "ExtraHosts": ("--add-host", _each),
    "IpcMode": ("--ipc", _one),
    "Memory": ("--memory", _one),
    "MemoryReservation": ("--memory-reservation", _one),
    "MemorySwap": ("--memory-swap", _one),
    "MemorySwappiness": ("--memory-swappiness", _one),
    "NanoCpus": ("--cpus", _cpus),
    "OomKillDisable": ("--oom-kill-disable", _one),
    "OomScoreAdj": ("--oom-score-adj", _one),
    "PidsLimit": ("--pids-limit", _one),
    "Privileged": ("--privileged", _one),
    "PublishAllPorts": ("--publish-all", _one),
    "ReadonlyRootfs": ("--read-only", _one),
    "Runtime": ("--runtime", _one),
    "StorageOpt": ("--storage-opt", _pairs),
    "Sysctls": ("--sysctl", _pairs),
    "Tmpfs": ("--tmpfs", _tmpfs),
    "UTSMode": ("--uts", _one),
    "UsernsMode": ("--userns", _one),
    "VolumeDriver": ("--volume-driver", _one),
}


def options_of(host_config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the options that gave `host_config` the fields that it has beyond the engine's defaults."""
    for field, (option, values) in _OPTIONS.items():
        if _is_set(field, host_config.get(field)):
            yield from ((option, value) for value in values(host_config[field]))


def not_understood(host_config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that are set and that no option here makes again."""
    for field, value in sorted(host_config.items()):
        if value and field not in _OPTIONS and field not in READ_ELSEWHERE:
            yield f"{field}={value}"


def _is_set(field: str, value: Any) -> bool:
    if field == "MemorySwappiness" and value == 0:
        return True
    return bool(value) and value not in _UNLIMITED_BY_DEFAULT.get(field, ()) and value not in _DEFAULTS.get(field, ())
