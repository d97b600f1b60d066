"""Every check as a line of a table: what it proves, what it needs, how bad its failure is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.model import Check


def show(console: Console, checks: Sequence[Check]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("check", "severity", "what a pass proves", "needs"):
        table.add_column(title, no_wrap=title == "check")
    for check in sorted(checks, key=lambda check: check.id):
        table.add_row(check.id, check.severity.value, Text(check.claim), Text(", ".join(check.needs), style="dim"))
    console.print(table)
    console.print(f"{len(checks)} checks", style="dim")
