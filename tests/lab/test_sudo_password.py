"""A user whose sudo asks for a password: it opens the way, and is nowhere to be found on the host."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import lab
from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, Said, look
from tests.lab.reaching import PASSWORD
from tests.lab.terminal import type_into

# Argument lists and environments of all processes, again and again until nobody reads them any more.
WATCH = "while cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' && echo; do sleep 0.05; done"


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="password")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watch") / "processes"


@pytest.fixture(scope="module")
def said(host: Host, gpudock: Gpudock, seen: Path) -> Iterator[Said]:
    """What provisioning says when the right password is typed; meanwhile the host's processes are watched."""
    watch = ("ssh", "-F", str(lab.ssh_config()), host.name, WATCH)
    argv = gpudock.argv("provision", f"operator@{host.name}", "--yes", "--ask-sudo-pass")
    with seen.open("wb") as file, subprocess.Popen(watch, stdout=file) as watching:
        yield type_into(argv, "sudo password", f"{PASSWORD}\n")
        watching.terminate()


def test_the_right_password_opens_the_way(host: Host, said: Said) -> None:
    """Red when `docker_access` names root instead of who logged in."""
    assert said.code == 0, said.out
    assert "Hello from Docker!" in look(host, "docker run --rm hello-world", user="operator")


def test_the_password_was_in_no_process(said: Said, seen: Path) -> None:
    """Red when the password is an argument of the shell that `entry.py` starts."""
    watched = seen.read_text(errors="replace")
    assert "sh\n-s\n" in watched, "the script was never seen at work"
    assert PASSWORD not in watched


def test_the_password_is_nowhere_on_the_host(host: Host, said: Said) -> None:
    """Red when the password is an argument of the shell that `entry.py` starts: sudo logs it."""
    assert PASSWORD not in look(host, "journalctl --no-pager -o cat")
    found = look(host, f"grep -rls -e {PASSWORD} /etc /var /root /home /tmp /run /dev/shm || true")
    assert found == ""


def test_the_password_is_not_shown(said: Said) -> None:
    """Red when `ask_password` reads a line as any other."""
    assert PASSWORD not in said.out


def test_a_second_run_needs_the_password_too_and_changes_nothing(host: Host, said: Said, gpudock: Gpudock) -> None:
    """Red when `_elevate_if_possible` has no use for the password, so that facts are not read as root."""
    again = type_into(
        gpudock.argv("provision", f"operator@{host.name}", "--yes", "--ask-sudo-pass"), "sudo password", f"{PASSWORD}\n"
    )
    assert again.code == 0, again.out
    assert "nothing needs changing" in again.out


def test_without_the_password(host: Host, said: Said, gpudock: Gpudock) -> None:
    """Red without `require_root`: nothing is to do, so nobody would find out."""
    refused = gpudock.run("provision", f"operator@{host.name}", "--yes")
    assert refused.code == 77, refused.all
    assert "--ask-sudo-pass" in refused.err
