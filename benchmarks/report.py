"""The table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.measured import Row, cells

HEADINGS = ("", "program", "seconds: median (range)", "peak MB", "sessions", "goal")


def show(console: Console, rows: Sequence[Row], notes: Sequence[str]) -> None:
    """Print `notes`, then a table with a line between scenarios."""
    for note in notes:
        console.print(note, markup=False)
    table = Table(*HEADINGS)
    for index, row in enumerate(rows):
        last = index + 1 == len(rows) or rows[index + 1].scenario != row.scenario
        first = index == 0 or rows[index - 1].scenario != row.scenario
        title, *others = cells(row)
        table.add_row(title if first else "", *others, end_section=last)
    console.print(table)
