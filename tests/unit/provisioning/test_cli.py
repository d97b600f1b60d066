"""A whole command line: from what a person types to what the task gets, and the exit code."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any

import pytest

from provisioning import cli
from provisioning.errors import Unreachable
from tests.unit.provisioning.conftest import Program, Recorder

NONE: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("provision", ([], "auto", NONE, True, False)),
        ("provision h1", (["h1"], "auto", NONE, True, False)),
        ("provision a,b --yes", (["a", "b"], "auto", NONE, True, True)),
        ("provision --gpu no admin@h1 --yes", (["admin@h1"], "no", NONE, True, True)),
        ("provision --yes --gpu=no --host h1", (["h1"], "no", NONE, True, True)),
        ("provision provision", (["provision"], "auto", NONE, True, False)),
        ("provision lab", (["lab"], "auto", NONE, True, False)),
        ("provision [::1]:22", (["[::1]:22"], "auto", NONE, True, False)),
        ("provision --no-restart", ([], "auto", NONE, False, False)),
        ("provision --no-restart --restart", ([], "auto", NONE, True, False)),
        ("provision --gpu no --gpu yes", ([], "yes", NONE, True, False)),
        ("provision --mirror a --mirror=b=c h", (["h"], "auto", ("a", "b=c"), True, False)),
        ("provision --gpu=--yes", ([], "--yes", NONE, True, False)),
        ("lab.list", ("trixie", 1, 0)),
        ("lab.list bookworm --hosts 3 --retries 0", ("bookworm", 3, 0)),
        ("lab.list --release sid", ("sid", 1, 0)),
        ("lab.ssh n", ("n", NONE, "root")),
        ("--debug lab.ssh --user admin n -- ls --help -- a", ("n", ("ls", "--help", "--", "a"), "admin")),
    ],
)
def test_words_reach_the_task(gpudock: Program, recorder: Recorder, line: str, call: tuple[Any, ...]) -> None:
    ended = gpudock(*line.split(" "))
    assert (ended.code, ended.err, recorder.calls) == (0, "", [call])


def test_what_follows_the_dashes_stays_word_for_word(gpudock: Program, recorder: Recorder) -> None:
    gpudock("lab.ssh", "n", "--", "sh", "-c", "echo 'a  b' $HOME", "")
    assert recorder.calls == [("n", ("sh", "-c", "echo 'a  b' $HOME", ""), "root")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("prvision h", "no task 'prvision'.\nDid you mean provision?"),
        ("lab", "lab is a group of tasks.\nIts tasks: lab.list, lab.ssh."),
        ("--help nothing", "no task 'nothing'"),
        ("--list nothing", "no task 'nothing'"),
        ("--help provision h", "'h' is one word too many"),
        ("--yes provision", "gpudock has no option '--yes'"),
        ("--lst", "no option '--lst'.\nDid you mean --list?"),
        ("provision --gup no h", "provision has no option '--gup'.\nDid you mean --gpu?"),
        ("provision --gup=no h", "no option '--gup=no'.\nDid you mean --gpu?"),
        ("provision --ye", "no option '--ye'"),
        ("provision -y", "no option '-y'"),
        ("provision -", "no option '-'"),
        ("provision --gpu", "--gpu needs a value: --gpu auto|yes|no"),
        ("provision --gpu= h", "--gpu was given nothing.\nGive it a value, or leave it out."),
        ("provision --gpu --yes", "--gpu needs a value"),
        ("provision --yes=1", "--yes takes no value"),
        ("provision --no-restart=1", "--no-restart takes no value"),
        ("provision a b", "'b' is one word too many.\nSeveral hosts go into one word, with commas"),
        ("provision a provision", "'provision' is one word too many.\nOne task for each command line"),
        ("provision a --host b", "HOST is given twice: 'b' and 'a'"),
        ("provision ", "HOST '' cannot be meant"),
        ("provision a -- b", "Nothing may follow `--` here, and 'b' does"),
        ("provision --connect-timeout 0", "--connect-timeout takes a whole number from 1 on, and was given '0'"),
        ("lab.list --hosts x", "--hosts takes a whole number from 1 on, and was given 'x'"),
        ("lab.list --hosts ٣", "--hosts takes a whole number from 1 on"),
        ("lab.list --retries -1", "--retries takes a whole number from 0 on, and was given '-1'"),
        ("lab.list --retries=-1", "--retries takes a whole number from 0 on"),
        ("lab.list a b", "'b' is one word too many"),
        ("lab.ssh", "lab.ssh needs NAME.\nUsage: gpudock lab.ssh NAME [options] [-- ARGV ...]"),
    ],
)
def test_a_bad_line_is_one_sentence_and_exit_64(gpudock: Program, recorder: Recorder, line: str, message: str) -> None:
    ended = gpudock(*line.split(" "))
    assert (ended.code, ended.out, recorder.calls) == (64, "", [])
    assert ended.err.startswith("error: ")
    assert message in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("end", "code"), [(None, 0), (0, 0), (1, 1), (3, 3), (KeyboardInterrupt(), 130)])
def test_how_a_task_ends_is_the_exit_code(
    gpudock: Program, recorder: Recorder, end: int | BaseException | None, code: int
) -> None:
    recorder.ends = end
    assert gpudock("provision").code == code


def test_an_expected_failure_is_a_sentence_with_its_exit_code(gpudock: Program, recorder: Recorder) -> None:
    recorder.ends = Unreachable("h1: nobody answers on port 22.", "Is it switched on?")
    ended = gpudock("provision", "h1")
    assert (ended.code, ended.err) == (69, "error: h1: nobody answers on port 22.\nIs it switched on?\n")


@pytest.mark.parametrize("line", ["--debug provision h1", "provision --debug h1"])
def test_debug_shows_where_an_expected_failure_comes_from(gpudock: Program, recorder: Recorder, line: str) -> None:
    recorder.ends = Unreachable("gone")
    ended = gpudock(*line.split())
    assert ended.code == 69
    assert ended.err.startswith("Traceback")


@pytest.mark.parametrize("line", ["provision h1", "prvision"])
def test_debug_may_stand_in_the_environment(
    gpudock: Program, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("GPUDOCK_DEBUG", "1")
    recorder.ends = Unreachable("gone")
    assert gpudock(*line.split()).err.startswith("Traceback")


def test_a_bug_keeps_its_traceback(gpudock: Program, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder.ends = ZeroDivisionError("a bug")
    monkeypatch.setattr(sys, "argv", ["tasks.py", "provision"])
    with pytest.raises(ZeroDivisionError):
        cli.main(recorder.collection())


def test_invokes_own_configuration_does_not_matter(
    gpudock: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".invoke.yaml").write_text("]")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert gpudock("provision").code == 0


def test_output_without_room_is_a_sentence(
    gpudock: Program, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_give_up_output", lambda: None)
    recorder.ends = OSError(errno.ENOSPC, "No space left on device")
    ended = gpudock("provision")
    assert ended.code == 74
    assert ended.err.startswith("error: Standard output cannot be written: No space left on device.\n")


def test_closed_output_is_a_sentence(gpudock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    ended = gpudock("--help")
    sys.stdout.close()
    assert (ended.code, ended.err.splitlines()[0]) == (74, "error: Standard output cannot be written: it is closed.")


def test_closed_errors_and_input_break_nothing(gpudock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdin", None)
    ended = gpudock("prvision")
    sys.stderr.close()
    sys.stdin.close()
    assert ended.code == 64


@pytest.mark.parametrize(
    ("interrupt", "task", "said"),
    [
        (
            KeyboardInterrupt(),
            "provision",
            "; a run that has begun on a host goes on there, and `provision` follows it",
        ),
        (KeyboardInterrupt(), "containers.list", ""),
        (KeyboardInterrupt("the run goes on"), "train.logs", "; the run goes on"),
    ],
)
def test_an_interruption_says_what_goes_on(interrupt: KeyboardInterrupt, task: str, said: str) -> None:
    assert cli._left_behind(interrupt, task) == said
