"""A plan compiled, and the script's output read back."""

from __future__ import annotations

import json
import shlex

from hypothesis import given
from hypothesis import strategies as st

from provisioning.command import Secret, command
from provisioning.journal import Run
from provisioning.plan import Change, Plan
from provisioning.script import (
    Began,
    Ended,
    Event,
    Finished,
    LockedOut,
    Progressed,
    Refused,
    Said,
    Undone,
    compile_plan,
    events,
)

RUN = Run("20260102T030405Z-ab", 1767323045, "me@laptop")
PLAN = Plan(
    (
        Change("First", (command("true"), command("cat", stdin=Secret("s"))), undo=(command("rm", "x"),)),
        Change("It's the\nsecond", (command("echo", "it's; $HOME"),)),
    )
)


def read(*chunks: str) -> list[Event]:
    return list(events([chunk.encode() for chunk in chunks], "N"))


def test_the_script_does_nothing_before_its_last_lines() -> None:
    lines = compile_plan(PLAN, RUN, "N").rstrip().splitlines()
    assert lines[0] == "gd_carry() {"
    assert lines[-3:] == ["}", "gd_carry", "exit 0"]
    start, end = lines.index("if gd_start <<'GPUDOCK_N'") + 1, lines.index("GPUDOCK_N")
    assert lines[start] == "gd_main() {"
    assert lines[end - 3 : end] == ["}", f"gd_main {RUN.id}", ""]


def test_changes_stop_at_the_first_failure_and_undoing_does_not() -> None:
    text = compile_plan(PLAN, RUN, "N")
    assert "gd_do_1() {\ntrue </dev/null &&\nprintf %s s | cat\n}" in text
    assert "gd_undo_1() {\ngd_left=0\nrm x </dev/null || gd_left=1\nreturn $gd_left\n}" in text
    assert "gd_undo_2() {\ngd_left=0\nreturn $gd_left\n}" in text
    assert "gd_change 1 2 First &&\ngd_change 2 2 " in text


def test_a_sentence_stays_one_word_on_one_line() -> None:
    call = next(line for line in compile_plan(PLAN, RUN, "N").splitlines() if line.startswith("gd_change 2"))
    assert shlex.split(call) == ["gd_change", "2", "2", "It's the second"]


def test_the_journal_names_the_run_and_its_changes() -> None:
    line = next(line for line in compile_plan(PLAN, RUN, "N").splitlines() if line.startswith("if gd_open '"))
    opening = json.loads(shlex.split(line)[2].removesuffix(";"))
    assert opening["by"] == "me@laptop" and opening["changes"][0]["sentence"] == "First"


def test_events_of_a_run() -> None:
    text = (
        "\n@@N begin 1 1 First\nhello\n\nworld\npmstatus:docker-ce:45.5:Unpacking docker-ce\n"
        "\n@@N end 1 100 10.00 12.50\nundoing\n\n@@N undone 1 0\n"
    )
    assert read(text) == [
        Began(1, 1, "First"),
        Said(1, "hello"),
        Said(1, "world"),
        Progressed(1, 45.5, "Unpacking docker-ce"),
        Ended(1, 100, 2.5),
        Said(1, "undoing"),
        Undone(1, 0),
    ]


def test_a_held_lock_and_the_end() -> None:
    assert read("\n@@N locked gpudock a b bob@x\n") == [LockedOut("gpudock a b bob@x")]
    assert read("\n@@N refused no room\n") == [Refused("no room")]
    assert read("\n@@N done\n") == [Finished()]


def test_output_cannot_forge_a_frame() -> None:
    assert read("\n@@N begin 1 1 First\n@@M end 1 0 1 2\nx@@N done\n") == [
        Began(1, 1, "First"),
        Said(1, "@@M end 1 0 1 2"),
        Said(1, "x@@N done"),
    ]


def test_a_download_is_progress_too() -> None:
    assert read("\n@@N begin 1 1 First\ndlstatus:3:27.2727:Retrieving file 3 of 11\n")[1] == Progressed(
        1, 27.2727, "Retrieving file 3 of 11"
    )


@given(st.lists(st.binary(max_size=20), max_size=5), st.integers(0, 60))
def test_how_the_bytes_were_cut_does_not_matter(noise: list[bytes], cut: int) -> None:
    whole = b"\n@@N begin 1 1 First\n" + b"\n".join(noise) + b"\n@@N end 1 0 1.0 2.0\n"
    assert list(events([whole[:cut], whole[cut:]], "N")) == list(events([whole], "N"))
