"""The runner of this machine, run on a lab host by root and by users with and without sudo."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import lab
from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.reaching import PASSWORD, WHO, on

SOURCES = Path(__file__).parents[2]
INSTALL = "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3"
Run = Mapping[str, str | bool]


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    """Return a host with Python and the product's sources; nothing of SSH's is needed there."""
    host = lab_host(name="local")
    on(host, INSTALL)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for part in ("provisioning", "tests/lab/local_driver.py"):
            tar.add(SOURCES / part, part)
    on(host, "mkdir /opt/gpudock && tar -x --no-same-owner -C /opt/gpudock", stdin=archive.getvalue())
    return host


def locally(host: Host, user: str, *runs: Run, terminal: bool = False) -> list[str]:
    """Return the answers of runs that `user` makes in one login; with `terminal` in one like a person's."""
    driver = ("env", "PYTHONPATH=/opt/gpudock", "python3", "/opt/gpudock/tests/lab/local_driver.py")
    line = shlex.join((*driver, *(json.dumps(run) for run in runs)))
    argv = ("ssh", *(("-tt",) if terminal else ()), "-F", str(lab.ssh_config()), f"{user}@{host.name}", line)
    output = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60).stdout
    answers: list[str] = json.loads(output.decode().splitlines()[-1])
    return answers


TERMINAL = pytest.mark.parametrize("terminal", [False, True])


@TERMINAL
@pytest.mark.parametrize(
    ("user", "password"),
    [("root", None), ("root", PASSWORD), ("admin", None), ("admin", PASSWORD), ("operator", PASSWORD)],
)
def test_root_hears_who_started_it(host: Host, user: str, password: str | None, terminal: bool) -> None:
    """Red when `_as_root` or `_elevate` lets the shell read the password, or `_ready` drops the new login."""
    asked: Run = {"script": WHO + "; cat", **({"password": password} if password else {})}
    runs = [
        {**asked, "elevation": name, "new_login": new} for name in ("ROOT", "ROOT_IF_POSSIBLE") for new in (False, True)
    ]
    for answer in locally(host, user, *runs, terminal=terminal):
        login, runs_as = answer.split("|")
        assert runs_as == "root"
        assert f"({user})" in login.split()[0]


@TERMINAL
def test_a_new_login_has_the_groups_of_today(host: Host, terminal: bool) -> None:
    """Red when `new_login` is dropped on this machine: the running login keeps the groups that it began with."""
    group = "games" if terminal else "video"
    join: Run = {"script": f"usermod -aG {group} operator", "elevation": "ROOT", "password": PASSWORD}
    groups: Run = {"script": "id -nG; id -un", "elevation": "LOGIN_USER", "password": PASSWORD}
    heard: Run = {"script": 'echo "$1"', "elevation": "ROOT", "password": PASSWORD}
    runs = (join, groups, {**groups, "new_login": True}, heard, {**heard, "new_login": True})
    _, old, new, heard_old, heard_new = locally(host, "operator", *runs, terminal=terminal)
    assert group not in old.split()
    assert group in new.split()
    assert new.split()[-1] == "operator"
    assert f"({group})" not in heard_old
    assert f"({group})" in heard_new


@TERMINAL
def test_who_may_not_use_sudo(host: Host, terminal: bool) -> None:
    """Red when a refused sudo is told as a script that died, or waits for a password in the terminal."""
    runs: list[Run] = [{"script": WHO, "elevation": name} for name in ("ROOT", "ROOT_IF_POSSIBLE", "LOGIN_USER")]
    refused, looked, own = locally(host, "guest", *runs, terminal=terminal)
    assert refused.startswith("AccessDenied: localhost: sudo asks for a password.")
    assert (looked, own) == ("|guest", "|guest")


def test_a_new_login_needs_sudo(host: Host) -> None:
    """Red when the running login is passed off as a new one."""
    script: Run = {"script": WHO, "elevation": "LOGIN_USER", "new_login": True}
    assert locally(host, "guest", script)[0].startswith("AccessDenied: ")


def test_a_wrong_password_runs_nothing(host: Host) -> None:
    """Red without the blank lines after the password."""
    script: Run = {"script": "touch /tmp/ran\n" * 5, "elevation": "ROOT", "password": "wrong"}
    assert locally(host, "operator", script)[0].startswith("AccessDenied: localhost: sudo refused the password.")
    assert b"ran" not in on(host, "ls /tmp").split()


def test_a_script_that_dies(host: Host) -> None:
    """Red when the exit code is lost on the way through sudo."""
    died: Run = {"script": "echo reason >&2; exit 3", "elevation": "ROOT"}
    assert locally(host, "admin", died) == ["ChangeFailed: localhost: the script ended with exit code 3.\nreason"]


def test_much_on_both_outputs(host: Host) -> None:
    """Red when standard error is not read while the script runs: it stops at 64 KiB."""
    much: Run = {
        "script": "for n in 1 2; do head -c 900000 /dev/zero | tr '\\0' x; exec >&2; done",
        "elevation": "ROOT",
    }
    assert locally(host, "admin", much) == ["x" * 900_000]
