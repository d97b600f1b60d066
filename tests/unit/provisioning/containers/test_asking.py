"""A program's whole answer, and its words as they come."""

from __future__ import annotations

import pytest

from provisioning.containers.asking import Answer, ask, listen
from provisioning.errors import Unreachable
from tests.unit.provisioning.scripted_programs import Program, ScriptedPrograms


def test_a_whole_answer() -> None:
    runner = ScriptedPrograms("gpu1", [Program(b"said\n", b"oops\xff\n", 3)])
    assert ask(runner, ("a", "b c")) == Answer(3, "said\n", "oops\ufffd\n")
    assert runner.started == [("a", "b c")]


@pytest.mark.parametrize(
    ("answer", "last"),
    [
        (Answer(1, "out\n", "one\ntwo\n"), "two"),
        (Answer(1, "one\nout\n", " \n"), "out"),
        (Answer(7, "", ""), "exit code 7"),
    ],
)
def test_the_last_thing_that_it_said(answer: Answer, last: str) -> None:
    assert answer.last == last


def test_words_as_they_come() -> None:
    heard: list[bytes] = []
    answer = listen(ScriptedPrograms("gpu1", [Program(b"pulling\n", b"failed\n", 1)]), ("pull",), heard.append)
    assert (heard, answer) == ([b"pulling\n"], Answer(1, "", "failed\n"))


def test_a_cut_connection_is_told() -> None:
    with pytest.raises(Unreachable, match="cut"):
        ask(ScriptedPrograms("gpu1", [Program(b"half", broken=Unreachable("cut"))]), ("x",))
