"""What stands on the host of Docker's engine before anybody asks it: programs, complaints, the user's own settings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.catalog import engine_unit
from checks.catalog.engine_unit import BrokenCommand
from provisioning.probe import Probe, fields

# A daemon.json that a running daemon has read is good. Any other is given to dockerd itself, which knows its own keys.
# The journal is read only where the engine does not run.
PROGRAMS_SNIPPET = (
    """
echo "dockerd $(command -v dockerd)"
client=$(command -v docker)
echo "client $client"
if [ -n "$client" ] && command -v podman >/dev/null; then
  head -c 400 "$client" | grep -qaw podman && echo "podman yes"
fi
running=; comm=; pid=
read -r pid 2>/dev/null </var/run/docker.pid; read -r comm 2>/dev/null </proc/"$pid"/comm
[ "$comm" = dockerd ] && running=yes
file=/etc/docker/daemon.json
if [ -e "$file" ] && command -v dockerd >/dev/null; then
  if [ -z "$running" ] || [ "$file" -nt /var/run/docker.pid ]; then
    said=$(timeout -s KILL 5 dockerd --validate --config-file="$file" 2>&1); code=$?
    case $said in *"unknown flag"*) ;; *) [ $code -lt 124 ] && echo "validate $code $(echo "$said" | tail -n 1)";; esac
  fi
fi
[ -n "$running" ] && exit 0
"""
    + engine_unit.SNIPPET
    + """
[ "$(id -u)" = 0 ] || { echo "journal_closed yes"; exit 0; }
journalctl -u docker.service -u docker.socket -b -n 80 -o cat --no-pager 2>/dev/null |
  grep -vE 'level=(debug|info|warning)|Failed with result|process exited|too quickly|^Failed to start' |
  grep -iE 'failed|error|unable|fatal|denied|no space|Deactivated successfully' | tail -n 4 | sed 's/^/journal /'
true
"""
)


@dataclass(frozen=True)
class Programs:
    dockerd: str
    """Path on root's PATH, '' when there is none."""
    client: str
    podman_shim: bool
    """The `docker` command is Podman's."""
    refused: str
    """What `dockerd --validate` said against daemon.json; '' when it said nothing, or was not asked."""
    journal: tuple[str, ...]
    """The last complaints of an engine that does not run, none where it was stopped in peace since."""
    broken: BrokenCommand | None = None
    """What of its unit keeps an engine that does not run from starting."""


def parse_programs(text: str) -> Programs:
    said = fields(text)
    code, _, words = said.get("validate", "0 ").partition(" ")
    lines = [line.partition(" ")[2] for line in text.splitlines() if line.startswith("journal ")]
    ends = [number for number, line in enumerate(lines, start=1) if line.endswith(": Deactivated successfully.")]
    return Programs(
        dockerd=said["dockerd"],
        client=said["client"],
        podman_shim=said.get("podman") == "yes",
        refused=words if int(code) else "",
        journal=tuple(lines[max(ends, default=0) :]),
        broken=engine_unit.parse(text.splitlines()),
    )


_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[a-z][a-z0-9+.-]*://[^\s\"',]+", re.IGNORECASE)


def redact_programs(text: str) -> str:
    """Hide the addresses in what dockerd complained about."""
    said = ("journal ", "validate ", "ended ", "unit ")
    return "\n".join(_ADDRESS.sub("***", line) if line.startswith(said) else line for line in text.splitlines())


ENGINE_PROGRAMS = Probe("engine_programs", PROGRAMS_SNIPPET, parse_programs, redact=redact_programs)

# sudo hands over no environment, so what a login would set is read where shells read it.
CONTEXT_SNIPPET = """
user=${GPUDOCK_LOGIN#*(}; user=${user%%)*}
IFS=: read -r name x uid gid words home shell <<END
$(getent passwd "$user")
END
[ -n "$DOCKER_HOST" ] && echo "host environment:DOCKER_HOST=$DOCKER_HOST"
[ -n "$DOCKER_CONTEXT" ] && echo "context $DOCKER_CONTEXT"
cd "${home:-/}" 2>/dev/null || cd /
grep -Hs '^[^#]*DOCKER_HOST=' /etc/environment /etc/profile.d/*.sh .profile .bash_profile .bashrc | sed 's/^/host /'
if [ -e .docker/config.json ]; then
  sed -n 's/.*"currentContext" *: *"\\([^"]*\\)".*/context \\1/p' .docker/config.json || exit 1
fi
true
"""


@dataclass(frozen=True)
class ClientTarget:
    """Where the login user's `docker` command goes."""

    host: str
    """DOCKER_HOST, '' when it is not set."""
    host_from: str
    context: str


def parse_target(text: str) -> ClientTarget:
    said = fields(text)
    place, _, line = said.get("host", "").partition(":")
    found = re.search(r"DOCKER_HOST=[\"']?([^\"' ;]*)", line)
    where = f"~/{place}" if place.startswith(".") else place
    return ClientTarget(found[1] if found else "", where if found else "", said.get("context", ""))


def redact_target(text: str) -> str:
    """Keep local sockets, without user names; hide where else the client is sent to."""
    return "\n".join(_shown(line) for line in text.splitlines())


def _shown(line: str) -> str:
    target = parse_target(line)
    if not line.startswith("host ") or not target.host:
        return line if line.startswith("context ") else ""
    scheme = target.host.partition(":")[0]
    shown = re.sub(r"/home/[^/]+", "/home/user", target.host) if scheme == "unix" else f"{scheme}://***"
    return f"host {target.host_from.removeprefix('~/')}:DOCKER_HOST={shown}"


CLIENT_TARGET = Probe("client_target", CONTEXT_SNIPPET, parse_target, redact=redact_target)
