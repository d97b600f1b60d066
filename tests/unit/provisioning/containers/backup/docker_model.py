"""What `docker create` makes of its words, as `docker inspect` shows it: a stand-in for the engine.

Built from what Docker 26.1.5 showed of real containers (inspected.json), for the options that tests give it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Document = dict[str, Any]

_LISTS = {
    "--cap-add": "CapAdd",
    "--cap-drop": "CapDrop",
    "--dns": "Dns",
    "--add-host": "ExtraHosts",
    "--group-add": "GroupAdd",
    "--security-opt": "SecurityOpt",
}
_NUMBERS = {
    "--shm-size": "ShmSize",
    "--memory": "Memory",
    "--pids-limit": "PidsLimit",
    "--oom-score-adj": "OomScoreAdj",
}
_TEXTS = {"--ipc": "IpcMode", "--pid": "PidMode", "--runtime": "Runtime", "--uts": "UTSMode"}
_CONFIG = {"--user": "User", "--workdir": "WorkingDir", "--hostname": "Hostname", "--stop-signal": "StopSignal"}
_SWITCHES = {
    "--init": "Init",
    "--rm": "AutoRemove",
    "--privileged=true": "Privileged",
    "--read-only=true": "ReadonlyRootfs",
}


def inspect(argv: Sequence[str], image: Document) -> Document:
    """Return the container that `docker create …` makes of `image`."""
    at = next(
        number for number, word in enumerate(argv) if number > 1 and not word.startswith("--") and word not in "-it"
    )
    config = {**image["Config"], "Image": argv[at], "Hostname": "0123456789ab", "OpenStdin": False, "Tty": False}
    host: Document = {
        **{
            "AutoRemove": False,
            "Privileged": False,
            "NetworkMode": "default",
            "IpcMode": "private",
            "ShmSize": 64 << 20,
        },
        **{"LogConfig": {"Type": "json-file", "Config": {}}, "RestartPolicy": {"Name": "no"}, "Runtime": "runc"},
        **{"PortBindings": {}, "CgroupnsMode": "private", "MaskedPaths": ["/proc/kcore"], "Mounts": []},
    }
    container = {"Id": "0123456789abcdef", "Name": "/made-up", "Config": config, "HostConfig": host, "Mounts": []}
    for word in argv[2:at]:
        _apply(container, word)
    if argv[at + 1 :]:
        config["Cmd"] = list(argv[at + 1 :])
    elif any(word.startswith("--entrypoint=") for word in argv[2:at]):
        config["Cmd"] = None
    return container


def _apply(container: Document, word: str) -> None:
    option, _, value = word.partition("=")
    config, host = container["Config"], container["HostConfig"]
    if word in _SWITCHES:
        host[_SWITCHES[word]] = True
    elif option in _LISTS:
        host[_LISTS[option]] = [*host.get(_LISTS[option], []), value]
    elif option in _NUMBERS:
        host[_NUMBERS[option]] = int(value)
    elif option in _TEXTS:
        host[_TEXTS[option]] = value
    elif option in _CONFIG:
        config[_CONFIG[option]] = value
    else:
        _OTHERS[option](container, value)


def _restart(container: Document, value: str) -> None:
    name, _, times = value.partition(":")
    container["HostConfig"]["RestartPolicy"] = {"Name": name, "MaximumRetryCount": int(times or 0)}


def _gpus(container: Document, value: str) -> None:
    [request] = next(csv.reader([value]))
    ids = request.removeprefix("device=").split(",") if request.startswith("device=") else None
    count = 0 if ids else -1 if request == "all" else int(request)
    container["HostConfig"]["DeviceRequests"] = [
        {"Driver": "", "Count": count, "DeviceIDs": ids, "Capabilities": [["gpu"]]}
    ]


def _device(container: Document, value: str) -> None:
    requests = container["HostConfig"].setdefault("DeviceRequests", [{"Driver": "cdi", "Count": 0, "DeviceIDs": []}])
    requests[0]["DeviceIDs"].append(value)


def _ulimit(container: Document, value: str) -> None:
    name, _, limits = value.partition("=")
    soft, _, hard = limits.partition(":")
    limit = {"Name": name, "Soft": int(soft), "Hard": int(hard or soft)}
    container["HostConfig"].setdefault("Ulimits", []).append(limit)


def _publish(container: Document, value: str) -> None:
    rest, _, inside = value.rpartition(":")
    address, _, outside = rest.rpartition(":")
    number, _, protocol = inside.partition("/")
    bindings = container["HostConfig"]["PortBindings"].setdefault(f"{number}/{protocol or 'tcp'}", [])
    bindings.append({"HostIp": address.strip("[]"), "HostPort": outside})


def _environment(container: Document, value: str) -> None:
    container["Config"]["Env"] = [*container["Config"]["Env"], value]


def _label(container: Document, value: str) -> None:
    name, _, text = value.partition("=")
    container["Config"]["Labels"] = {**container["Config"]["Labels"], name: text}


def _mount(container: Document, value: str) -> None:
    fields = dict(_fields(value))
    if fields["type"] == "tmpfs":
        options = {"Mode": int(fields["tmpfs-mode"], 8), "SizeBytes": int(fields.get("tmpfs-size", "0"))}
        container["HostConfig"]["Mounts"].append({"Type": "tmpfs", "Target": fields["target"], "TmpfsOptions": options})
        return
    asked: Document = {"Type": fields["type"], "Target": fields["target"], "Source": fields.get("source", "")}
    asked["VolumeOptions"] = {"NoCopy": "volume-nocopy" in fields}
    container["HostConfig"]["Mounts"].append(asked)
    seen = {"Type": fields["type"], "Destination": fields["target"], "RW": "readonly" not in fields}
    if fields["type"] == "volume":
        seen["Name"] = fields.get("source") or "f" * 64
    seen["Source"] = fields.get("source") or "/var/lib/docker/volumes/own/_data"
    container["Mounts"].append({**seen, "Propagation": fields.get("bind-propagation", "rprivate")})


def _fields(value: str) -> Iterator[tuple[str, str]]:
    for field in next(csv.reader([value])):
        name, _, text = field.partition("=")
        yield name, text


_OTHERS: dict[str, Callable[[Document, str], None]] = {
    "--device": _device,
    "--entrypoint": lambda container, value: container["Config"].update(Entrypoint=[value]),
    "--env": _environment,
    "--gpus": _gpus,
    "--interactive": lambda container, _: container["Config"].update(OpenStdin=True),
    "--label": _label,
    "--mount": _mount,
    "--name": lambda container, value: container.update(Name=f"/{value}"),
    "--network": lambda container, value: container["HostConfig"].update(NetworkMode=value),
    "--publish": _publish,
    "--restart": _restart,
    "--tty": lambda container, _: container["Config"].update(Tty=True),
    "--ulimit": _ulimit,
}
