"""The script that `plan --script` prints does what provisioning does, and never touches what changed after the plan."""

from __future__ import annotations

import json

import pytest

from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import DAEMON_JSON, Gpudock, changed, look, manifest, write

OURS = "/etc/apt/keyrings/docker.asc /etc/apt/sources.list.d/docker.sources /etc/apt/sources.list.d/nvidia*.sources"


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(gpu="t4", name="by-hand")


@pytest.fixture(scope="module")
def outrun(host: Host, gpudock: Gpudock) -> tuple[str, str]:
    """A script, and what it says when somebody writes daemon.json between the plan and the run."""
    script = gpudock.run("plan", f"root@{host.name}", "--script").out
    write(host, DAEMON_JSON, '{"debug": true}')
    return script, look(host, "sh -s", stdin=script)


def test_what_changed_after_the_plan_is_left_alone(host: Host, outrun: tuple[str, str]) -> None:
    """Red without `gd_unchanged`."""
    _, said = outrun
    assert "was changed by somebody else after the plan was made: it is left alone" in said
    assert look(host, f"cat {DAEMON_JSON}") == '{"debug": true}'


def test_the_script_stops_there_and_says_so(host: Host, outrun: tuple[str, str]) -> None:
    """Red when `gd_change` returns 0 after a failure."""
    _, said = outrun
    frames = [line.split() for line in said.splitlines() if line.startswith("@@")]
    assert frames[-1] == ["@@NONCE", "done"]
    failed = next(frame for frame in frames if frame[1] == "end" and frame[3] != "0")
    assert [frame[1:3] for frame in frames if frame[1] == "begin"][-1] == ["begin", failed[2]]
    assert ["@@NONCE", "undone", failed[2], "0"] in frames


def test_a_script_that_has_run_harms_nothing_when_it_runs_again(host: Host, outrun: tuple[str, str]) -> None:
    """Red when `gd_restore` takes the backup of another run for its own: then Docker's source and key are removed."""
    script, _ = outrun
    before = look(host, f"sha256sum {OURS} {DAEMON_JSON}")
    said = look(host, "sh -s", stdin=script)
    assert "@@NONCE end 1 1" in said
    assert look(host, f"sha256sum {OURS} {DAEMON_JSON}") == before


def test_a_new_script_finishes_the_job(host: Host, outrun: tuple[str, str], gpudock: Gpudock) -> None:
    """Red when the printed script lacks a change."""
    script = gpudock.run("plan", f"root@{host.name}", "--script").out
    said = look(host, "sh -s", stdin=script)
    assert said.splitlines()[-1] == "@@NONCE done"
    assert json.loads(look(host, f"cat {DAEMON_JSON}"))["debug"] is True
    again = gpudock.run("provision", f"root@{host.name}", "--yes", "--verify")
    assert again.code == 0, again.all
    assert "nothing needs changing" in again.out


def test_a_host_that_cannot_keep_a_journal_is_left_alone(host: Host, outrun: tuple[str, str], gpudock: Gpudock) -> None:
    """Red when the script goes on where `gd_open` failed."""
    look(host, "mv /var/lib/gpudock /root/gpudock && touch /var/lib/gpudock && gpasswd -d admin docker || true")
    before = manifest(host)
    try:
        said = gpudock.run("provision", f"admin@{host.name}", "--yes")
        assert said.code == 70, said.all
        assert "/var/lib/gpudock" in said.err
        assert "connection" not in said.err
        assert set(changed(host, before)) <= {"/run/gpudock"}  # what the run said, in memory
    finally:
        look(host, "rm /var/lib/gpudock && mv /root/gpudock /var/lib/gpudock")


def test_a_second_operator_is_told_who_is_at_work(host: Host, outrun: tuple[str, str], gpudock: Gpudock) -> None:
    """Red when nobody asks for a run that is alive, and each run is a unit of its own."""
    title = "gpudock 20260102T030405Z-ab c0ffee ada@laptop"
    look(host, f"systemd-run --quiet --collect --unit=gpudock-apply.service --description='{title}' sleep 60")
    before = manifest(host)
    said = gpudock.run("provision", f"admin@{host.name}", "--yes")
    assert said.code == 75, said.all
    assert "ada@laptop is at work there since 2026-01-02 03:04:05 UTC" in said.err
    assert changed(host, before) == []
    look(host, "systemctl stop gpudock-apply.service")
    assert gpudock.run("provision", f"admin@{host.name}", "--yes").code == 0
