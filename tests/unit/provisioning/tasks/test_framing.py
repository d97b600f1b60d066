"""The frame around a task, where the command line does not show it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invoke.context import Context
from invoke.exceptions import Exit

from provisioning.tasks.framing import after_dashes, task, whole_number

WORD = st.text(st.characters(exclude_characters="\0"))


@given(st.lists(WORD.filter(lambda word: word != "--")), st.lists(WORD))
def test_every_word_behind_the_dashes_survives(before: list[str], behind: list[str]) -> None:
    assert after_dashes([*before, "--", *behind]) == tuple(behind)
    assert after_dashes(before) == ()


@given(st.integers(0, 999_999_999))
def test_whole_numbers(number: int) -> None:
    assert whole_number("--x", str(number), at_least=0) == number


def test_a_task_is_a_function_of_python_too() -> None:
    @task()
    def up(context: Context, hosts: int = 1) -> int:
        return hosts

    with pytest.raises(Exit) as end:
        up(Context(), hosts=3)
    assert end.value.code == 3
