"""The hosts that figures are made on: raised for it, all alike, gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import lab
from benchmarks.programs import USER, Way
from lab import Host
from lab.access import IDENTITY, known_hosts_text, ssh_config_text
from lab.host import public_keys
from lab.places import KNOWN_HOSTS
from lab.shell import run

Say = Callable[[str], None]

# Ansible's modules are Python, and its apt module wants apt's. The lists and archives that came with them go again:
# a bare host has none.
_PYTHON = """
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3 python3-apt >/dev/null
apt-get clean
rm -rf /var/lib/apt/lists/*
"""

# The host itself counts the sessions that its visitors open.
_COUNTING = "echo LogLevel VERBOSE >/etc/ssh/sshd_config.d/00-count-sessions.conf && systemctl reload ssh.service"
_COUNT = f"journalctl -o cat -t sshd-session -t sshd | grep -c 'Starting session: .* for {USER} ' || true"

JOB_FILES = (
    "/etc/apt/keyrings/docker.asc",
    "/etc/apt/sources.list.d/docker.sources",
    "/etc/docker/daemon.json",
)
"""What the job writes on a host; the peers are given the same content."""


@contextmanager
def raised(names: Sequence[str], say: Say, gpu: str = "none") -> Iterator[list[Host]]:
    """Give bare hosts with Python on them, and with a stand-in for a GPU; they are removed at the end."""
    try:
        hosts = lab.up(names, gpu=gpu, say=say)
        each_at_once(hosts, lambda host: on(host, _PYTHON))
        yield hosts
    finally:
        lab.down(names, say)


def each_at_once(hosts: Sequence[Host], work: Callable[[Host], object]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, hosts))


def on(host: Host, script: str) -> str:
    """Run a script on a host as root, and return what it prints. Raises CommandFailed."""
    return run("ssh", "-F", str(lab.ssh_config()), f"root@{host.name}", "sh -e -s", stdin=script)


def count_sessions_from_now(host: Host) -> None:
    on(host, _COUNTING)


def sessions(host: Host) -> int:
    """Return how many sessions USER opened on the host since it counts."""
    return int(on(host, _COUNT))


def save_job(host: Host, folder: Path) -> None:
    """Copy what the job wrote on `host` into a folder of this machine."""
    for path in JOB_FILES:
        (folder / Path(path).name).write_text(on(host, f"cat {path}"))


def put_source(host: Host, folder: Path) -> None:
    """Put Docker's key and package source on a bare host, as the job does."""
    for path in JOB_FILES[:2]:
        content = (folder / Path(path).name).read_text()
        on(host, f"mkdir -p {Path(path).parent}\ncat >{path} <<'EOF'\n{content}EOF\n")


def direct_way() -> Way:
    """Return the way to the hosts as the lab has it."""
    return Way(lab.ssh_config(), KNOWN_HOSTS, IDENTITY)


def way_through(port: int, host: Host, folder: Path) -> Way:
    """Return the way to `host` through a port of this machine; its files are written to `folder`."""
    way = Way(folder / "ssh_config", folder / "known_hosts", IDENTITY)
    here = Host(host.name, "127.0.0.1", host.release, host.gpu)
    config = ssh_config_text([here], identity=IDENTITY, known_hosts=way.known_hosts)
    way.ssh_config.write_text(f"{config.rstrip()}\n    Port {port}\n")
    way.known_hosts.write_text(f"[127.0.0.1]:{port},{known_hosts_text([here], public_keys())}")
    return way
