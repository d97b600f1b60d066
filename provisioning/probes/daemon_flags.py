"""Flags that the unit gives to dockerd: a key that is also in daemon.json lets no engine start, whatever its value."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from provisioning.probe import Probe

SNIPPET = """
systemctl cat docker.service 2>/dev/null |
  sed -e ':a' -e '/\\\\$/{N;s/\\\\\\n/ /;ta' -e '}' | grep -E '^(# /|ExecStart *=)'
pid=; [ -r /var/run/docker.pid ] && read -r pid </var/run/docker.pid
name=; [ -r "/proc/$pid/comm" ] && read -r name <"/proc/$pid/comm"
[ "$name" = dockerd ] || exit 0
tr '\\0' '\\n' <"/proc/$pid/cmdline" | sed -n -e 's/=.*//' -e 's/^-/running -/p'
"""

# Flags whose key in the file is a plural, or has another name (dockerd reference, "Daemon configuration file").
_KEYS = {
    "H": "hosts",
    "host": "hosts",
    "g": "data-root",
    "s": "storage-driver",
    "D": "debug",
    "l": "log-level",
    "G": "group",
    "b": "bridge",
    "add-runtime": "runtimes",
    "registry-mirror": "registry-mirrors",
    "insecure-registry": "insecure-registries",
    "label": "labels",
    "log-opt": "log-opts",
    "exec-opt": "exec-opts",
    "storage-opt": "storage-opts",
    "authorization-plugin": "authorization-plugins",
    "default-ulimit": "default-ulimits",
    "dns-opt": "dns-opts",
    "feature": "features",
    "http-proxy": "proxies",
    "https-proxy": "proxies",
    "no-proxy": "proxies",
}


def parse(text: str) -> Mapping[str, str]:
    """Return key of daemon.json → where it is given as a flag: a unit file, or `the running dockerd`."""
    found: dict[str, str] = {}
    place, from_files = "", dict[str, str]()
    for line in text.splitlines():
        if line.startswith("# /"):
            place = line[2:]
        elif line.startswith("running "):
            found.setdefault(_key(line.removeprefix("running ")), "the running dockerd")
        else:
            # An empty ExecStart takes back what an earlier file said.
            flags = shlex.split(line.partition("=")[2])[1:]
            from_files = {_key(flag): place for flag in flags if flag.startswith("-")}
    return {key: where for key, where in {**found, **from_files}.items() if key}


def _key(flag: str) -> str:
    name = flag.lstrip("-").partition("=")[0]
    short = not flag.startswith("--")
    return _KEYS.get(name[:1] if short else name, name)


DAEMON_FLAGS = Probe[Mapping[str, str]]("daemon_flags", SNIPPET, parse)
