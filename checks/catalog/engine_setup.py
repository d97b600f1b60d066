"""What stands on the host of Docker's engine before anybody asks it: programs, complaints, the user's own settings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.probe import Probe, fields

# A daemon.json that a running daemon has read is good. Any other is given to dockerd itself, which knows its own keys.
# The journal is read only where the engine does not run.
PROGRAMS_SNIPPET = """
echo "dockerd $(command -v dockerd)"
client=$(command -v docker)
echo "client $client"
[ -n "$client" ] && head -c 400 "$client" | grep -qaw podman && echo "podman yes"
running=; systemctl -q is-active docker.service && running=yes
file=/etc/docker/daemon.json
if [ -e "$file" ] && command -v dockerd >/dev/null; then
  if [ -z "$running" ] || [ "$file" -nt /var/run/docker.pid ]; then
    said=$(timeout -s KILL 5 dockerd --validate --config-file="$file" 2>&1); code=$?
    case $said in *"unknown flag"*) ;; *) [ $code -lt 124 ] && echo "validate $code $(echo "$said" | tail -n 1)";; esac
  fi
fi
[ -n "$running" ] && exit 0
[ "$(id -u)" = 0 ] || { echo "journal_closed yes"; exit 0; }
journalctl -u docker.service -u docker.socket -b -n 80 -o cat --no-pager 2>/dev/null |
  grep -vE 'level=(debug|info|warning)|Failed with result|process exited|too quickly|^Failed to start' |
  grep -iE 'failed|error|unable|fatal|denied|no space|Deactivated successfully' | tail -n 4 | sed 's/^/journal /'
true
"""


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


def parse_programs(text: str) -> Programs:
    said = fields(text)
    code, _, words = said.get("validate", "0 ").partition(" ")
    lines = [line.partition(" ")[2] for line in text.splitlines() if line.startswith("journal ")]
    ends = [number for number, line in enumerate(lines, start=1) if line.startswith("docker.service: Deactivated")]
    return Programs(
        dockerd=said["dockerd"],
        client=said["client"],
        podman_shim=said.get("podman") == "yes",
        refused=words if int(code) else "",
        journal=tuple(lines[max(ends, default=0) :]),
    )


_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[a-z][a-z0-9+.-]*://[^\s\"',]+", re.IGNORECASE)


def redact_programs(text: str) -> str:
    """Hide the addresses in what dockerd complained about."""
    return "\n".join(
        _ADDRESS.sub("***", line) if line.startswith(("journal ", "validate ")) else line for line in text.splitlines()
    )


ENGINE_PROGRAMS = Probe("engine_programs", PROGRAMS_SNIPPET, parse_programs, redact=redact_programs)

# sudo hands over no environment, so what a login would set is read where shells read it.
CONTEXT_SNIPPET = """
user=${GPUDOCK_LOGIN#*(}; user=${user%%)*}
home=$(getent passwd "$user" | cut -d: -f6)
[ -n "$DOCKER_HOST" ] && echo "host $DOCKER_HOST the environment"
[ -n "$DOCKER_CONTEXT" ] && echo "context $DOCKER_CONTEXT"
for file in /etc/environment /etc/profile.d/*.sh "$home/.profile" "$home/.bash_profile" "$home/.bashrc"; do
  [ -r "$file" ] || continue
  case $file in "$home"/*) name="~/${file##*/}";; *) name=$file;; esac
  value=$(sed -n "s/^ *\\(export  *\\)\\{0,1\\}DOCKER_HOST=[\\"']\\{0,1\\}\\([^\\"' ;]*\\).*/\\2/p" "$file" | tail -n 1)
  [ -n "$value" ] && echo "host $value $name"
done
config=$home/.docker/config.json
if [ -e "$config" ]; then
  text=$(cat "$config") || exit 1
  printf '%s\\n' "$text" | sed -n 's/.*"currentContext" *: *"\\([^"]*\\)".*/context \\1/p'
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
    host, _, place = said.get("host", "").partition(" ")
    return ClientTarget(host, place, said.get("context", ""))


def redact_target(text: str) -> str:
    """Keep local sockets, without user names; hide where else the client is sent to."""
    return "\n".join(_shown(line) for line in text.splitlines())


def _shown(line: str) -> str:
    key, _, rest = line.partition(" ")
    value, _, place = rest.partition(" ")
    if key != "host" or not value:
        return line
    scheme = value.partition(":")[0]
    shown = re.sub(r"/home/[^/]+", "/home/user", value) if scheme == "unix" else f"{scheme}://***"
    return f"host {shown} {place}"


CLIENT_TARGET = Probe("client_target", CONTEXT_SNIPPET, parse_target, redact=redact_target)
