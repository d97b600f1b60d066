"""What befalls hosts: locks that others take in the midst of a run, a dpkg that is killed or made to wait."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import lab
from lab import Host
from tests.lab.driving import Gpudock, attempt, look, write

# Whatever a run could leave behind: kinds, modes, owners, sizes, and times of change, which nobody can fake.
_TRACES = """
cd /
find etc usr var/lib/dpkg var/lib/apt var/lib/gpudock -xdev -printf '%y %m %u:%g %s %C@ /%p %l\\n' 2>/dev/null
for unit in docker.service docker.socket containerd.service nvidia-cdi-refresh.service; do
  echo "$unit" $(TZ=UTC systemctl show -p ActiveState,UnitFileState,ExecMainStartTimestamp "$unit")
done
find /tmp /run /dev/shm -maxdepth 1 -name '*gpudock*'
"""

# Takes the locks that are named, all of them before it says its pid; holds them until its input ends.
_HOLD = """
use Fcntl;
my $lock = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
my @held = map { open(my $file, "+>>", $_) or die $!; fcntl($file, F_SETLK, $lock) or die $!; $file } @ARGV;
$| = 1;
print "$$\\n";
<STDIN>;
"""

# Stands before dpkg-deb on dpkg's own path, until it is asked for what is in docker-ce.
_WHILE_DOCKER_UNPACKS = """#!/bin/sh
case "$*" in
*--fsys-tarfile*docker-ce_*) rm -- "$0"; {act};;
*) exec /usr/bin/dpkg-deb "$@";;
esac
"""
KILL_DPKG = """/usr/bin/dpkg-deb "$@" | head -c 20000000; kill -KILL "$(ps -o ppid= -p "$PPID" | tr -d ' ')" "$PPID\""""
"""dpkg and apt die when some 20 MB of docker-ce lie on the disk."""
PAUSE = """touch /run/paused; until [ -e /run/go-on ]; do sleep 0.1; done; exec /usr/bin/dpkg-deb "$@\""""


def traces(host: Host) -> frozenset[str]:
    """Return a line for everything on the host that a run could touch."""
    return frozenset(look(host, "sh -s", stdin=_TRACES).splitlines())


def assert_nothing_is_left_to_do(gpudock: Gpudock, login: str, host: Host, *options: str) -> None:
    """A further run finds nothing to do, and leaves no trace."""
    before = traces(host)
    said = gpudock.run("provision", login, "--yes", *options)
    assert said.code == 0, said.all
    assert "nothing needs changing" in said.out
    assert sorted(before ^ traces(host)) == []


@contextmanager
def on_host(host: Host, script: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """Run a script on the host; gives its input and output."""
    argv = ("ssh", "-F", str(lab.ssh_config()), host.name, script)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdin, process.stdout
        finally:
            process.terminate()


@contextmanager
def held(host: Host, *locks: str) -> Iterator[str]:
    """Hold locks of apt and dpkg on the host, as they do it; gives the holder's pid there, which nobody may kill."""
    write(host, "/root/hold.pl", _HOLD)
    with on_host(host, f"exec perl /root/hold.pl {' '.join(locks)}") as (_, said):
        pid = said.readline().strip()
        assert pid
        yield pid
        look(host, f"test $(cat /proc/{pid}/comm) = perl && kill {pid}")


def while_docker_unpacks(host: Host, act: str) -> None:
    """Let `act` happen on the host once, in the midst of unpacking docker-ce."""
    write(host, "/usr/sbin/dpkg-deb", _WHILE_DOCKER_UNPACKS.format(act=act))
    look(host, "chmod +x /usr/sbin/dpkg-deb")


@contextmanager
def paused(gpudock: Gpudock, login: str, host: Host) -> Iterator[subprocess.Popen[str]]:
    """Provision; gives the process while docker-ce is being unpacked, which goes on with `go_on`."""
    while_docker_unpacks(host, PAUSE)
    with gpudock.running("provision", login, "--yes") as process:
        look(host, "until [ -e /run/paused ]; do sleep 0.1; done")
        yield process


def go_on(host: Host) -> None:
    look(host, "touch /run/go-on")


def lose_power(host: Host) -> None:
    """Stop the host at once, without stopping anything on it first."""
    attempt(host, "systemctl poweroff --force --force")
    end = time.monotonic() + 30
    while lab.is_up(host.name):
        assert time.monotonic() < end
        time.sleep(0.05)


def packages(host: Host) -> str:
    """Return all packages in their states and versions."""
    return look(host, "dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\\n'")
