"""Where tasks print to: a terminal, a pipe, a pipe that nobody reads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import pytest
from rich.table import Table

from provisioning.operations import showing

Said = Callable[[], str]


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("", showing.WIDE), ("0", showing.WIDE), ("x", 200)])
def test_a_pipe_is_as_wide_as_columns_says(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert showing.console().width == width


def test_lines_of_a_table_end_with_their_last_letter(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("a", "b")
    table.add_row("longer", "longer")
    showing.console().print(table)
    assert capsys.readouterr().out == "a       b\nlonger  longer\n"


def test_a_reader_that_has_gone_is_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when rich ends the process by itself, with 1."""

    def gone(_: str) -> NoReturn:
        raise BrokenPipeError

    console = showing.console()
    monkeypatch.setattr(sys.stdout, "write", gone)
    with pytest.raises(BrokenPipeError):
        console.print("x")
