"""The frame around a task, where the command line does not show it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invoke.context import Context
from invoke.exceptions import Exit

from provisioning.errors import UsageError
from provisioning.tasks.framing import after_dashes, host_task, task, whole_number
from provisioning.tasks.targets import Targets

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


def test_the_hint_of_an_error_leads_there_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Red when what is said to be typed next does not reach the host."""
    (config := tmp_path / "config").touch()

    @host_task()
    def look(context: Context, targets: Targets) -> None:
        raise UsageError("b: nothing.", "`gpudock verify b` tells; ./gpudock containers.list HOST")

    with pytest.raises(Exit):
        look(Context(), host="b", ssh_config=str(config))
    way = f"b --ssh-config {config}"
    assert f"`gpudock verify {way}` tells; ./gpudock containers.list {way}" in capsys.readouterr().err
