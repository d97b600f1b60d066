"""Ask registries from the host, the way dockerd goes: its mirrors first, through its proxy."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from provisioning.probe import Facts, Probe, UnknownFact, fields
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.driver import GPUS_ON_BUS
from provisioning.probes.engine import DAEMON

HUB = "https://registry-1.docker.io/v2/"
NVIDIA = ("https://nvcr.io/v2/", "https://nvidia.github.io/libnvidia-container/gpgkey")
PUBLIC_HOSTS = frozenset(urlsplit(url).hostname for url in (HUB, *NVIDIA))

# Public registries are asked where no mirror answers: in a closed network they would cost their whole deadline.
# A certificate that the host's clock calls expired still comes with the time: `-k` reads that, and nothing else.
_SNIPPET = """
d=$(mktemp -d) && chmod 755 "$d" || exit 1
unset http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
systemctl show --value -p Environment docker.service 2>/dev/null | tr ' ' '\\n' >"$d/proxies"
for key in http https no; do
  value=$(sed -n "s/^${key}_proxy=//Ip" "$d/proxies" | tail -n 1)
  filed=$(sed -n "s/.*\\"$key-proxy\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p" /etc/docker/daemon.json 2>/dev/null)
  value=${filed:-$value}
  [ -n "$value" ] && export "${key}_proxy=$value"
done
helper=/usr/lib/apt/apt-helper
tool=
for each in curl wget $helper; do command -v $each >/dev/null && tool=${tool:-$each}; done
echo "tool ${tool##*/}"
get() {
  case $tool in
    curl) curl -q -sS -m 5 $2 -o /dev/null -D - \\
      -w '\\nphases %{time_namelookup} %{time_connect} %{time_appconnect} %{time_total}\\n' "$1" 2>&1;;
    wget) wget -S --spider -T 5 -t 1 -nv "$1" 2>&1;;
    $helper) $helper -o Debug::Acquire::http=1 -o Debug::Acquire::https=1 -o Acquire::Retries=0 \\
      -o Acquire::http::Timeout=5 -o Acquire::https::Timeout=5 download-file "$1" "$d/body.$3" 2>&1;;
  esac | tr -d '\\r'
}
ask() {
  said=$(get "$1" "" "$2")
  code=$(printf '%s\\n' "$said" | sed -n 's/^ *HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p' | tail -n 1)
  dated=$said
  case $tool$said in curl*ertificate*) dated=$(get "$1" -k "$2");; esac
  date=$(printf '%s\\n' "$dated" | sed -n 's/^ *[Dd]ate: *//p' | tail -n 1)
  [ -n "$date" ] && { : >"$d/dated"; date="$(date +%s) $date"; }
  phases=$(printf '%s\\n' "$said" | sed -n 's/^phases //p' | tr ' ' '/')
  case $code in
    2??|3??|401|403|404) : >"$d/answered"; echo "answer $1 ${phases:--} $date";;
    *) words=$(printf '%s\\n' "$said" | grep -v '^phases' | grep . | tail -n 1 | cut -c 1-200)
      echo "silent $1 ${code:+HTTP $code }$words"; [ -z "$date" ] || echo "dated $1 - $date";;
  esac
}
left() {
  token=$(curl -q -sS -m 5 "https://auth.docker.io/token?service=registry.docker.io&scope=repository:$1:pull" |
    sed -n 's/.*"token" *: *"\\([^"]*\\)".*/\\1/p')
  [ -n "$token" ] || return
  printf 'Authorization: Bearer %s\\n' "$token" |
    curl -q -sS -m 5 -I -H @- "https://registry-1.docker.io/v2/$1/manifests/latest" |
    tr -d '\\r' | sed -n 's/^ratelimit-remaining: *\\([0-9]*\\).*/left \\1/Ip'
}
n=0
for url in MIRRORS; do n=$((n + 1)); ask "$url" $n & done
wait
if [ ! -e "$d/answered" ]; then
  for url in PUBLIC; do n=$((n + 1)); ask "$url" $n & done
  [ "$tool" = curl ] && left ratelimitpreview/test 2>/dev/null &
  wait
fi
[ -e "$d/dated" ] || echo "ntp $(timeout -s KILL 3 timedatectl show --value -p NTPSynchronized 2>/dev/null)"
rm -rf "$d"
"""


@dataclass(frozen=True)
class Answered:
    url: str
    phases: tuple[float, ...]
    """Seconds until the name was resolved, until it was connected, until TLS stood, to the end; () if not measured."""
    skew: int | None
    """Seconds that the host's clock is ahead; None where it told no time."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def seconds(self) -> float:
        return self.phases[-1] if self.phases else 0.0


@dataclass(frozen=True)
class Silent:
    url: str
    words: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


@dataclass(frozen=True)
class Reached:
    tool: str
    """What the host asks with, '' when it has nothing."""
    answered: tuple[Answered, ...]
    silent: tuple[Silent, ...]
    told_time: tuple[Answered, ...]
    """Those that told the time, and nothing that counts otherwise."""
    pulls_left: int | None
    ntp: bool

    @property
    def skews(self) -> list[int]:
        return [each.skew for each in (*self.answered, *self.told_time) if each.skew is not None]


def _answered(row: list[str]) -> Answered:
    _, url, phases, *dated = row
    seconds = tuple(float(part) for part in phases.split("/")) if phases != "-" else ()
    if not dated or not dated[0]:
        return Answered(url, seconds, None)
    now, _, date = dated[0].partition(" ")
    return Answered(url, seconds, int(now) - int(parsedate_to_datetime(date).timestamp()))


def _weight(silent: Silent) -> int:
    """Sort what the host is set to use before what the world has: the first one names the cause."""
    return (HUB, *NVIDIA).index(silent.url) if silent.url in (HUB, *NVIDIA) else -1


def parse(text: str) -> Reached:
    said = fields(text)
    rows = [line.split(" ", 3) for line in text.splitlines()]
    silent = [line.split(" ", 2) for line in text.splitlines() if line.startswith("silent ")]
    return Reached(
        tool=said["tool"],
        answered=tuple(_answered(row) for row in rows if row[0] == "answer"),
        silent=tuple(sorted((Silent(row[1], row[2]) for row in silent), key=_weight)),
        told_time=tuple(_answered(row) for row in rows if row[0] == "dated"),
        pulls_left=int(said["left"]) if "left" in said else None,
        ntp=said.get("ntp") == "yes",
    )


def redact(text: str) -> str:
    """Give each registry that is not public a number for its address."""
    found = dict.fromkeys(urlsplit(url).netloc for url in re.findall(r"^(?:answer|silent|dated) (\S+)", text, re.M))
    private = [host for host in found if host and host.rpartition("@")[2] not in PUBLIC_HOSTS]
    for number, host in enumerate(sorted(private, key=len, reverse=True), start=1):
        text = text.replace(host, f"mirror-{number}.invalid").replace(
            host.partition(":")[0], f"mirror-{number}.invalid"
        )
    return text


def registries_probe(mirrors: Iterable[str], public: Iterable[str]) -> Probe[Reached]:
    """Return the probe that asks `mirrors`, and `public` where none of them answers."""
    asked = [f"{mirror.rstrip('/')}/v2/" for mirror in mirrors]
    snippet = _SNIPPET.replace("MIRRORS", shlex.join(asked)).replace("PUBLIC", shlex.join(public))
    return Probe("registries", snippet, parse, seconds=25, redact=redact, starts_containers=True)


REGISTRIES = registries_probe((), ())
"""The name under which the answer stands; what is asked depends on the host: see `network_probe`."""


def network_probe(facts: Facts) -> Probe[Reached]:
    """Return the probe for this host: its mirrors, Docker Hub, and NVIDIA's places where it has a GPU."""
    return registries_probe(_mirrors(facts), (HUB, *(NVIDIA if _has_gpu(facts) else ())))


def _mirrors(facts: Facts) -> tuple[str, ...]:
    """Return the mirrors of the running engine, else those that its file names, which may be why it does not run."""
    try:
        engine = facts[DAEMON].engine
        if engine:
            return engine.registry_mirrors
        listed = re.search(r'"registry-mirrors"\s*:\s*\[([^\]]*)', facts[DAEMON_CONFIG].text)
    except UnknownFact:
        return ()
    return tuple(re.findall(r'"(https?://[^"\s]+)"', listed[1])) if listed else ()


def _has_gpu(facts: Facts) -> bool:
    try:
        return bool(facts[GPUS_ON_BUS])
    except UnknownFact:
        return False
