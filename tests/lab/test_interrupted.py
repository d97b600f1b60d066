"""A run that was interrupted, by whatever, is finished by the same command."""

from __future__ import annotations

import json

import pytest

import lab
from lab import Host
from tests.lab.conftest import RaiseHosts
from tests.lab.driving import Gpudock, Said, ended, look
from tests.lab.mishaps import (
    KILL_DPKG,
    assert_nothing_is_left_to_do,
    go_on,
    lose_power,
    packages,
    paused,
    while_docker_unpacks,
)


@pytest.fixture(scope="module")
def hosts(lab_hosts: RaiseHosts) -> list[Host]:
    return lab_hosts("killed", "cut", "off")


@pytest.fixture(scope="module")
def killed(hosts: list[Host], gpudock: Gpudock) -> tuple[Host, str, Said]:
    """A host whose dpkg was killed in mid-apply, its packages of before, and what was said."""
    host = hosts[0]
    before = packages(host)
    while_docker_unpacks(host, KILL_DPKG)
    return host, before, gpudock.run("provision", f"root@{host.name}", "--yes")


def test_a_dpkg_that_was_killed_fails_the_run(killed: tuple[Host, str, Said]) -> None:
    """Red when `gd_patiently` loses the exit code of apt."""
    host, _, said = killed
    assert said.code == 70, said.all
    assert "this change failed with exit code 137: Install Docker" in said.err
    assert "run the same command again" in said.err
    assert "iHR docker-ce" in packages(host)


def test_the_next_run_finishes_what_dpkg_had_begun(killed: tuple[Host, str, Said], gpudock: Gpudock) -> None:
    """Red without the step `apt_repair`: apt refuses everything until then."""
    host, _, _ = killed
    said = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert said.code == 0, said.all
    assert "1. Finish what dpkg had begun: containerd.io, docker-ce" in said.out
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


def test_both_runs_are_taken_back_whole(killed: tuple[Host, str, Said], gpudock: Gpudock) -> None:
    """Red when `gd_foresee` tells the journal after apt instead of before, or rollback passes over failed changes."""
    host, before, _ = killed
    said = gpudock.run("uninstall", f"root@{host.name}", "--yes")
    assert said.code == 0, said.all
    assert packages(host) == before


def test_a_run_outlives_connection_and_controller(
    hosts: list[Host], gpudock: Gpudock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when the script runs in the login's own session, or nobody asks whether a run is alive."""
    host, login = hosts[1], f"admin@{hosts[1].name}"
    with paused(gpudock, login, host) as first:
        look(host, "pkill -KILL -f 'sshd-session: admin'")
        cut = ended(first)
        assert cut.code == 69, cut.all
        assert "run the same command again: what was begun is followed" in cut.err
        assert_another_operator_is_told(gpudock, login, monkeypatch)
        with gpudock.running("provision", login, "--yes") as second:
            assert second.stdout is not None
            assert "following the run that was begun at" in second.stdout.readline()
            second.kill()
        with gpudock.running("provision", login, "--yes") as third:
            assert third.stdout is not None
            assert "following the run that was begun at" in third.stdout.readline()
            go_on(host)
            said = ended(third)
    assert said.code == 0, said.all
    assert " 6/6 done " in said.out
    look(host, "docker image inspect hello-world")  # what was only followed is proved too
    assert_nothing_is_left_to_do(gpudock, login, host)
    [run] = json.loads(gpudock.run("history", login, "--json").out)[login]
    assert [change["code"] for change in run["changes"]] == [0] * len(run["changes"])


def assert_another_operator_is_told(gpudock: Gpudock, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("LOGNAME", "ada")
        said = gpudock.run("provision", login, "--yes")
    assert said.code == 75, said.all
    assert "is at work there since 20" in said.err
    assert "ada@" not in said.err


def test_a_host_that_lost_its_power_is_finished(hosts: list[Host], gpudock: Gpudock) -> None:
    """Red when a lock, or what lies in memory, must be there for a run to be planned afresh."""
    host, login = hosts[2], f"root@{hosts[2].name}"
    with paused(gpudock, login, host) as first:
        lose_power(host)
        lab.up([host.name], say=print)
        said = gpudock.run("provision", login, "--yes")
        assert said.code == 0, said.all
        assert "Finish what dpkg had begun" in said.out
        assert ended(first).code == 69
    assert_nothing_is_left_to_do(gpudock, login, host)
    newest, oldest = (
        run["changes"] for run in reversed(json.loads(gpudock.run("history", login, "--json").out)[login])
    )
    assert None in [change["code"] for change in oldest]
    assert {change["code"] for change in newest} == {0}
