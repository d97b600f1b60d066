"""Where nobody may or nobody said yes, nothing on the host changes. One bare host stays bare all along."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, changed, look, manifest
from tests.lab.terminal import type_into


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(gpu="t4", name="bare")


@pytest.fixture(scope="module")
def bare(host: Host) -> frozenset[str]:
    """What is on the host before anybody comes."""
    return manifest(host)


def test_nobody_said_yes(host: Host, bare: frozenset[str], gpudock: Gpudock) -> None:
    """Red when `_ask` goes on without a terminal."""
    said = gpudock.run("provision", f"root@{host.name}")
    assert said.code == 64, said.all
    assert "--yes" in said.err
    assert changed(host, bare) == []


@pytest.mark.parametrize("keys", ["\n", "n\n", "nay\n", "\x04"])
def test_somebody_said_no(host: Host, bare: frozenset[str], gpudock: Gpudock, keys: str) -> None:
    """Red when `_ask` takes anything but y and yes for a yes."""
    said = type_into(gpudock.argv("provision", f"root@{host.name}"), "[y/N]", keys)
    assert said.code == 64, said.out
    assert "Nothing was changed" in said.out
    assert changed(host, bare) == []


def test_no_sudo(host: Host, bare: frozenset[str], gpudock: Gpudock) -> None:
    """Red without `require_root`, when `apply` then sends the changes to whoever logged in."""
    said = gpudock.run("provision", f"guest@{host.name}", "--yes")
    assert said.code == 77, said.all
    assert "guest" in said.err
    assert "sudo" in said.err
    assert changed(host, bare) == []


def test_wrong_sudo_password(host: Host, bare: frozenset[str], gpudock: Gpudock) -> None:
    """Red without `require_root`, when `apply` then sends the changes to whoever logged in."""
    argv = gpudock.argv("provision", f"operator@{host.name}", "--yes", "--ask-sudo-pass")
    said = type_into(argv, "sudo password", "wrong-password\n")
    assert said.code == 77, said.out
    assert changed(host, bare) == []


def test_no_terminal_to_ask_for_the_password(host: Host, bare: frozenset[str], gpudock: Gpudock) -> None:
    """Red when `ask_password` takes no terminal for an empty password."""
    said = gpudock.run("provision", f"operator@{host.name}", "--yes", "--ask-sudo-pass")
    assert said.code == 64, said.all
    assert changed(host, bare) == []


@pytest.mark.parametrize("user", ["root", "admin", "guest"])
@pytest.mark.parametrize("task", ["plan", "provision --dry-run"])
def test_a_plan_is_only_a_plan(host: Host, bare: frozenset[str], gpudock: Gpudock, user: str, task: str) -> None:
    """Red when a dry run goes on, or wants root."""
    name, *options = task.split()
    said = gpudock.run(name, f"{user}@{host.name}", *options)
    assert said.code == 0, said.all
    for words in (
        "Install Docker and the NVIDIA Container Toolkit",
        "+++ b/etc/docker/daemon.json",
        '+        "cdi": true',
    ):
        assert words in said.out
    assert changed(host, bare) == []


def test_facts_and_verify_only_look(host: Host, bare: frozenset[str], gpudock: Gpudock, tmp_path: Path) -> None:
    """Red when the gathering leaves its directory behind."""
    assert gpudock.run("facts", f"admin@{host.name}", "--save", str(tmp_path / "facts.json")).code == 0
    assert gpudock.run("verify", f"admin@{host.name}").code == 2
    assert changed(host, bare) == []


def cuts(script: str) -> list[int]:
    """Return where to cut: all over the script, and right before the call that starts it."""
    start = script.rindex("\ngd_carry\n") + 1
    return [*range(start // 10, start, start // 10), start]


def test_half_a_script_does_nothing(host: Host, bare: frozenset[str], gpudock: Gpudock) -> None:
    """Red when `script.py` runs anything before its last lines."""
    script = gpudock.run("plan", f"root@{host.name}", "--script").out
    assert look(host, "sh -n", stdin=script) == ""
    for cut in cuts(script):
        look(host, "sh -s 2>/dev/null || true", stdin=script[:cut])
    assert changed(host, bare) == []
