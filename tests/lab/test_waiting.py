"""Whoever is at work on a host is waited for, by name; nothing is planned from what was seen meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, ended, look, write
from tests.lab.mishaps import held, on_host

CLOUD_INIT = "/run/cloud-init"
# A stand-in for cloud-init's last stage, which systemd has a job for until it ends; cloud-init itself is not there.
LAST_STAGE = "systemd-run -q --no-block --unit=cloud-final -p Type=oneshot sleep 600"
BEGUN = f"mkdir -p {CLOUD_INIT} && touch {CLOUD_INIT}/enabled && {LAST_STAGE}"
ENDED = f"systemctl stop cloud-final; rm -r {CLOUD_INIT}"
LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
)


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="waiting")


@contextmanager
def waiting(gpudock: Gpudock, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the product; gives the process and the first line that it says."""
    with gpudock.running(*words) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline()


def test_held_apt_locks_are_waited_for(host: Host, gpudock: Gpudock) -> None:
    """Red when `activity.py` misses one of the locks or its holder, or planning goes on all the same."""
    with ExitStack() as locks_go_first:
        pids = [locks_go_first.enter_context(held(host, lock)) for lock in LOCKS]
        with waiting(gpudock, "provision", f"root@{host.name}", "--dry-run") as (process, said):
            assert process.poll() is None
            locks_go_first.close()
            rest = ended(process)
    for pid, lock in zip(pids, LOCKS, strict=True):
        assert f"perl (pid {pid}), which holds {lock}" in said
    assert rest.code == 0, rest.all
    assert "Install Docker" in rest.out


def test_cloud_init_is_waited_for(host: Host, gpudock: Gpudock) -> None:
    """Red when `activity.py` takes cloud-init for done before it has written its result."""
    look(host, BEGUN)
    with waiting(gpudock, "provision", f"root@{host.name}", "--dry-run") as (process, said):
        assert "cloud-init, which is still setting the machine up" in said
        look(host, f"touch {CLOUD_INIT}/result.json")
        rest = ended(process)
    assert rest.code == 0, rest.all
    look(host, ENDED)


def test_a_cloud_init_that_died_is_not_waited_for(host: Host, gpudock: Gpudock) -> None:
    """Red when `activity.py` looks only for what cloud-init writes at its end."""
    look(host, f"{BEGUN}; systemctl kill -s KILL cloud-final; systemctl reset-failed")
    said = gpudock.run("provision", f"root@{host.name}", "--dry-run", "--apt-timeout", "1")
    assert said.code == 0, said.all
    look(host, ENDED)


def test_the_plan_is_made_from_what_is_there_afterwards(host: Host, gpudock: Gpudock) -> None:
    """Red when `gather_at_rest` returns the facts that it read while somebody was at work."""
    look(host, BEGUN)
    with waiting(gpudock, "plan", f"root@{host.name}") as (process, _):
        write(host, "/etc/docker/daemon.json", '{"debug": true, "log-level": "info"}\n')
        look(host, ENDED)
        rest = ended(process)
    look(host, "rm -r /etc/docker")
    assert '\n            "debug": true,\n' in rest.out


def test_apt_itself_waits_where_the_lock_was_taken_after_the_plan(host: Host, gpudock: Gpudock) -> None:
    """Red when `gd_apt` gives up at the first held lock."""
    script = gpudock.run("plan", f"root@{host.name}", "--script").out
    with ExitStack() as lock_goes_first:
        pid = lock_goes_first.enter_context(held(host, "/var/lib/dpkg/lock-frontend"))
        with on_host(host, "sh -s 2>&1") as (script_goes_here, said):
            script_goes_here.write(script)
            script_goes_here.close()
            seen = [next(line for line in said if "lock-frontend" in line)]
            lock_goes_first.close()
            seen += said
    assert f"perl (pid {pid}, running for 00:" in seen[0]
    assert seen[-1].strip() == "@@NONCE done"
    assert [line for line in seen if line.startswith("@@NONCE undone")] == []
