"""Mirrors of the vendors' package sources, as data; and the choice among them by what a host measures."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from provisioning.probe import Probe

DOCKER = "https://download.docker.com"
TOOLKIT = "https://nvidia.github.io/libnvidia-container"

# Each keeps the vendor's layout below its address. Keys always come with gpudock, never from a mirror.
DOCKER_MIRRORS = {
    "aliyun": "https://mirrors.aliyun.com/docker-ce",
    "tuna": "https://mirrors.tuna.tsinghua.edu.cn/docker-ce",
    "ustc": "https://mirrors.ustc.edu.cn/docker-ce",
    "huawei": "https://repo.huaweicloud.com/docker-ce",
    "tencent": "https://mirrors.cloud.tencent.com/docker-ce",
}
TOOLKIT_MIRRORS = {"ustc": "https://mirrors.ustc.edu.cn/libnvidia-container"}

STALE = timedelta(days=7)
"""How far a mirror may be behind the newest that answers."""


@dataclass(frozen=True)
class Measured:
    base: str
    seconds: float
    date: datetime | None
    """When the mirror's index was made, where it says so."""


# apt's own fetcher: it is on every host, and goes through the proxy that apt is set to use.
# A shell of its own, for the probe's has a trap already, which writes down the exit code.
_SNIPPET = """
(
d=$(mktemp -d) && chmod 755 "$d" || exit 1
trap 'rm -rf "$d"' EXIT
measure() {{
  read -r begun _ </proc/uptime
  timeout -s KILL 10 /usr/lib/apt/apt-helper -o Acquire::Retries=0 download-file "$2/$3" "$d/$1" >/dev/null 2>&1
  [ -s "$d/$1" ] || return
  read -r ended _ </proc/uptime
  echo "$begun $ended $2 $(sed -n 's/^Date: //p' "$d/$1" | head -n 1)"
}}
{calls}
wait
)
"""


def mirror_probe(name: str, bases: Iterable[str], index: str) -> Probe[tuple[Measured, ...]]:
    """Return the probe that fetches `index` (the path of an InRelease) from each of `bases`, all at once."""
    calls = [shlex.join(("measure", str(at), base, index)) + " &" for at, base in enumerate(dict.fromkeys(bases))]
    return Probe(name, _SNIPPET.format(calls="\n".join(calls)), parse, seconds=20)


def parse(text: str) -> tuple[Measured, ...]:
    rows = (line.split(" ", 3) for line in text.splitlines())
    return tuple(Measured(base, float(ended) - float(begun), _date(date)) for begun, ended, base, date in rows)


def _date(text: str) -> datetime | None:
    return parsedate_to_datetime(re.sub(r" UTC$", " +0000", text)) if text else None


def fastest(measured: Iterable[Measured]) -> Measured | None:
    """Return the fastest that is not stale; None when none answered."""
    listed = list(measured)
    newest = max((each.date for each in listed if each.date), default=None)
    fresh = [each for each in listed if not (newest and each.date) or each.date >= newest - STALE]
    return min(fresh, key=lambda each: each.seconds, default=None)


def resolve(text: str, presets: Mapping[str, str]) -> str:
    """Return the address that `text` names, or `text` where it names none."""
    return presets.get(text, text)
