"""How the toolkit hangs together with the daemon and the driver: what dockerd finds, libraries, config.toml."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioning.probe import Probe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RUNTIME_HOOK, CDI_HOOK = "nvidia-container-runtime-hook", "nvidia-cdi-hook"
LIBRARIES = ("libnvidia-ml.so.1", "libcuda.so.1")
CONFIG = "/etc/nvidia-container-runtime/config.toml"

# dockerd looks programs up in its own PATH, which systemd sets. Names of runtimes are words, or paths.
SNIPPET = rf"""
pid=0; [ -r /run/docker.pid ] && read -r pid </run/docker.pid
path=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^PATH=//p')
[ -n "$path" ] && echo "path_known yes"
path=${{path:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}}
for name in {RUNTIME_HOOK} {CDI_HOOK}; do
  found=$(PATH=$path; command -v $name) && echo "hook $name $found"
done
if [ -e /etc/docker/daemon.json ]; then
  [ -r /etc/docker/daemon.json ] || exit 1
  for runtime in $(grep -o '"path"[^,}}]*' /etc/docker/daemon.json | sed -n 's/.*: *"\([^" ]*\)".*/\1/p'); do
    (PATH=$path; command -v "$runtime" >/dev/null) && echo "runtime $runtime yes" || echo "runtime $runtime no"
  done
fi
ldconfig -p 2>/dev/null | sed -n 's/^[[:space:]]*\(libnvidia-ml\.so\.1\|libcuda\.so\.1\) (\([^)]*\)) => /\1 \2 /p' |
  while read -r name kind at; do
    case $kind in *x86-64*|*AArch64*) echo "library $name $(readlink -f "$at")";; *) echo "other $name $at";; esac
  done
set -- /dev/char/195:*; [ -e "$1" ] || shift; echo "devchar $#"
echo "selinux $(cat /sys/fs/selinux/enforce 2>/dev/null)"
if [ -e {CONFIG} ]; then
  [ -r {CONFIG} ] || exit 1
  echo "config yes"
  sed 's/^/toml /' {CONFIG}
fi
true
"""


@dataclass(frozen=True)
class Wiring:
    path_known: bool
    """dockerd's PATH was read; else it is the one that systemd gives."""
    hooks: Mapping[str, str]
    """Those of the two hooks on dockerd's PATH, with their paths."""
    runtimes: Mapping[str, bool]
    """Paths that daemon.json gives for runtimes → whether dockerd finds a program there."""
    libraries: Mapping[str, str]
    """The driver's libraries in ld.so's cache → the file behind; 64 bit only."""
    other_libraries: tuple[str, ...]
    """Paths of those of another word size."""
    device_links: int
    """Links to NVIDIA's devices (major number 195) in /dev/char, by which systemd knows them."""
    selinux_enforces: bool
    config: Mapping[str, str] | None
    """`section.key` → value of config.toml, as it is written there; None without the file."""
    config_error: str = ""
    """Why config.toml cannot be read; '' where it can."""


def parse(text: str) -> Wiring:
    rows = [line.split(" ", 2) for line in text.splitlines()]
    one = {row[0]: row[1] for row in rows if len(row) == 2}

    def pairs(kind: str) -> dict[str, str]:
        return {row[1]: row[2] for row in rows if row[0] == kind}

    config, error = _toml(text) if "config" in one else (None, "")
    return Wiring(
        path_known="path_known" in one,
        hooks=pairs("hook"),
        runtimes={path: found == "yes" for path, found in pairs("runtime").items()},
        libraries=pairs("library"),
        other_libraries=tuple(pairs("other").values()),
        device_links=int(one["devchar"]),
        selinux_enforces=one["selinux"] == "1",
        config=config,
        config_error=error,
    )


def _toml(text: str) -> tuple[Mapping[str, str], str]:
    """Return what the file says, or why it says nothing."""
    lines = [line.removeprefix("toml ") for line in text.splitlines() if line.startswith("toml ")]
    try:
        return dict(_flat(tomllib.loads("\n".join(lines)))), ""
    except tomllib.TOMLDecodeError as error:
        return {}, str(error)


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, str(value).lower() if isinstance(value, bool) else str(value)


def version_of(library: str) -> str:
    """Return the driver's version in the name of one of its libraries, '' where the name holds none."""
    found = re.search(r"\.so\.(\d+\.\d+(?:\.\d+)?)$", library)
    return found[1] if found else ""


WIRING = Probe("toolkit_wiring", SNIPPET, parse)
