"""A plan sent and followed; a run that is alive followed."""

from __future__ import annotations

import pytest

from provisioning.apply import apply, follow
from provisioning.command import command
from provisioning.errors import ChangeFailed, Locked, Unreachable
from provisioning.journal import Run
from provisioning.plan import Change, Plan
from provisioning.probes.current_run import CurrentRun
from provisioning.runners.model import Elevation
from provisioning.script import Began, Event, Finished
from tests.unit.provisioning.test_engine import Host, Raw

RUN = Run("r", 0, "me@here")
PLAN = Plan((Change("Break something", (command("false"),), hint="Mend it."),))


def ran(text: str) -> list[Event]:
    heard: list[Event] = []
    apply(Host(text), PLAN, RUN, heard.append)
    return heard


def test_every_event_reaches_who_watches() -> None:
    assert len(ran("\n@@ begin 1 1 Break something\nout\n\n@@ end 1 0 1.0 2.0\n\n@@ done\n")) == 4


def test_a_failed_change_is_told_with_its_last_lines_and_what_to_do() -> None:
    lines = "\n".join(f"line {number}" for number in range(1, 21))
    with pytest.raises(ChangeFailed) as failed:
        ran(f"\n@@ begin 1 1 Break something\n{lines}\n\n@@ end 1 7 1.0 2.0\n\n@@ undone 1 0\n\n@@ done\n")
    assert "gpu1: this change failed with exit code 7: Break something" in failed.value.message
    assert "(false)" in failed.value.message
    assert "line 11" in failed.value.message and "line 10" not in failed.value.message
    assert failed.value.hint == "Mend it."


def test_undoing_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(ChangeFailed) as failed:
        ran("\n@@ begin 1 1 Break something\nbad\n\n@@ end 1 7 1.0 2.0\nworse\n\n@@ undone 1 3\n\n@@ done\n")
    assert "bad" in failed.value.message and "worse" not in failed.value.message
    assert failed.value.hint == "Its half-done work could not be undone:\nworse\nMend it."


def test_a_lock_that_is_held_for_too_long() -> None:
    waiting = "\n@@ waiting perl (pid 7, running for 00:05), which holds the lock\n"
    with pytest.raises(Locked, match=r"gpu1: waited in vain for perl \(pid 7"):
        ran(f"\n@@ begin 1 1 Break something\n{waiting}\n@@ end 1 75 1.0 2.0\n\n@@ undone 1 0\n\n@@ done\n")


def test_another_operator() -> None:
    with pytest.raises(Locked, match="bob@desk is at work there since 2026-01-02 03:04:05 UTC"):
        ran("\n@@ locked gpudock 20260102T030405Z-ab c0ffee bob@desk\n")


def test_an_output_that_ends_early_is_a_cut_connection() -> None:
    with pytest.raises(Unreachable, match="ended before the changes did"):
        ran("\n@@ begin 1 1 Break something\n\n@@ end 1 0 1.0 2.0\n")


def test_changes_run_as_root() -> None:
    host = Host("\n@@ done\n")
    apply(host, PLAN, RUN, lambda _: None)
    assert host.asked == [(Elevation.ROOT, False)]


def test_what_apt_warns_of_is_kept_once() -> None:
    said = "W: GPG error\nok\nW: GPG error\nE: one source\nErr:1 http://x\n"
    said = f"\n@@ begin 1 1 x\n{said}\n@@ end 1 0 1.0 2.0\n\n@@ done\n"
    assert apply(Host(said), PLAN, RUN, lambda _: None) == ["W: GPG error", "E: one source", "Err:1 http://x"]


def test_a_run_that_cannot_begin() -> None:
    with pytest.raises(ChangeFailed, match="could not begin: the journal"):
        ran("\n@@ refused the journal cannot be written\n")


CURRENT = CurrentRun("20260102T030405Z-ab", "c0ffee", "me@here")


def test_a_run_is_followed_with_its_own_nonce() -> None:
    heard: list[Event] = []
    host = Host("")
    host.runs = [Raw(b"\n@@c0ffee begin 1 3 First\n\n@@c0ffee end 1 0 1.0 2.0\n\n@@c0ffee done\n")]
    follow(host, CURRENT, heard.append)
    assert heard[0] == Began(1, 3, "First") and heard[-1] == Finished()
    assert host.asked == [(Elevation.ROOT, False)]


def test_a_followed_run_that_failed_is_told_by_its_sentence() -> None:
    host = Host("")
    host.runs = [Raw(b"\n@@c0ffee begin 1 3 First\nno space\n\n@@c0ffee end 1 1 1.0 2.0\n\n@@c0ffee done\n")]
    with pytest.raises(ChangeFailed, match=r"(?s)First.*no space"):
        follow(host, CURRENT, lambda _: None)


def test_a_program_that_ends_with_75_waited_for_nobody() -> None:
    with pytest.raises(ChangeFailed, match="exit code 75"):
        ran("\n@@ begin 1 1 Break something\n\n@@ end 1 75 1.0 2.0\n\n@@ done\n")


def test_a_torn_frame_is_a_cut_connection() -> None:
    with pytest.raises(Unreachable):
        ran("\n@@ begin 1 1 Break something\n\n@@ end 1")
