"""One trip's answer about a container that shall be saved: what it is, what is mounted, how large all of it is."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.probe import Probe

Document = Mapping[str, Any]

# What a system keeps there is no data of a container, and measuring it may never end.
_SNIPPET = r"""
saved=$(docker container inspect --size --format '{{json .}}' "$name" 2>/dev/null) || { echo null; exit 0; }
printf '%s\n' "$saved"
docker image inspect --format '{{json .}}' "$(docker container inspect --format '{{.Image}}' "$name")" 2>/dev/null ||
  echo null
docker info --format '{"cgroup": "{{.CgroupVersion}}", "root": {{json .DockerRootDir}}}'
df -P -B1 -- "$(docker info --format '{{.DockerRootDir}}')" | sed -n 2p
mounted() {
  docker container inspect --format "{{range .Mounts}}{{if $1}}{{println $2}}{{end}}{{end}}" "$name" | sort -u
}
mounted 'eq .Type "volume"' .Name | while IFS= read -r volume; do
  [ -z "$volume" ] || docker volume inspect --format 'volume {{json .}}' "$volume"
done
mounted 'or (eq .Type "volume") (eq .Type "bind")' .Source | while IFS= read -r at; do
  [ -n "$at" ] || continue
  kind=none; [ -e "$at" ] && kind=other; [ -f "$at" ] && kind=file; [ -d "$at" ] && kind=folder
  case $at in
  / | /bin | /bin/* | /boot | /boot/* | /dev | /dev/* | /etc | /etc/* | /lib | /lib/* | /proc | /proc/* | /run | \
  /run/* | /sbin | /sbin/* | /sys | /sys/* | /usr | /usr/* | /var/run | /var/run/*) echo "source system-$kind - $at";;
  *) size=$(du -sb -- "$at" 2>/dev/null) && size=${size%%"$(printf '\t')"*} || size=-
     echo "source $kind $size $at";;
  esac
done
"""


@dataclass(frozen=True)
class Source:
    """A path of the host that is mounted."""

    kind: str
    """none (or closed to us), file, folder, other."""
    system: bool
    size: int | None
    """Bytes; None: nobody could look."""


@dataclass(frozen=True)
class Picture:
    container: Document
    image: Document
    """`{}` where it is gone."""
    cgroup_version: str
    free: int
    """Bytes where the engine keeps its images."""
    volumes: Mapping[str, Document]
    sources: Mapping[str, Source]


def picture_probe(name: str) -> Probe[Picture | None]:
    """Return the question for container `name`; None: there is none. Sizes may take their time."""
    return Probe("picture", f"name={shlex.quote(name)}{_SNIPPET}", parse, seconds=240)


def parse(text: str) -> Picture | None:
    first, *rest = filter(str.strip, text.splitlines())  # before its complaint docker prints an empty line
    if first == "null":
        return None
    image, info, free, *mounted = rest
    volumes = (json.loads(line.removeprefix("volume ")) for line in mounted if line.startswith("volume "))
    sources = (line.split(" ", 3)[1:] for line in mounted if line.startswith("source "))
    return Picture(
        json.loads(first),
        json.loads(image) or {},
        json.loads(info)["cgroup"],
        _free(free),
        {each["Name"]: each for each in volumes},
        {path: _source(kind, size) for kind, size, path in sources},
    )


def _free(row: str) -> int:
    """Read the column before the percentage in what `df -P` says."""
    found = re.search(r" (\d+) +\d+% ", row)
    if not found:
        raise ValueError(f"`df` said {row!r}")
    return int(found[1])


def _source(kind: str, size: str) -> Source:
    return Source(kind.removeprefix("system-"), kind.startswith("system-"), None if size == "-" else int(size))
