"""A report as a table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.graph import root_causes_first
from checks.model import Finding, Status
from checks.remedy import Risk
from checks.report import HostReport
from checks.reports.marks import STYLES, glance, is_quiet, mark, one_line, the_rest

SHORT = 12
"""Findings that are all read at a glance; of more than these, those that are well are only counted."""


def show(console: Console, report: HostReport, *, everything: bool = False, ascii_only: bool = False) -> None:
    """Print the findings of one host, then what to do about those that are not as they should be."""
    title = one_line(report.subtitle, ascii_only=ascii_only)
    console.print(Text.assemble((report.host, "bold"), f"  {title}" if title else ""))
    ordered = root_causes_first(report.findings)
    listed = [each for each in ordered if everything or len(ordered) <= SHORT or not is_quiet(each)]
    if listed:
        console.print(_table(listed, ascii_only=ascii_only))
    if len(listed) < len(ordered):
        console.print(Text(f"  {the_rest(ordered)}", style="dim"))
    for finding in ordered:
        if str(finding.remedy) and finding.status in {Status.FAIL, Status.WARN}:
            console.print(_advice(finding, ascii_only=ascii_only))


def _table(findings: Sequence[Finding], *, ascii_only: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(min_width=32)
    table.add_column()
    for finding in findings:
        word = f"  {mark(finding.status, ascii_only=ascii_only)} {finding.status.value}"
        table.add_row(
            Text(word, style=STYLES[finding.status]),
            Text(one_line(finding.claim, ascii_only=ascii_only)),
            Text(glance(finding.seen, ascii_only=ascii_only), style="dim"),
        )
    return table


def _advice(finding: Finding, *, ascii_only: bool) -> Text:
    explains = f"\n  explains: {', '.join(finding.explains)}" if finding.explains else ""
    risk = f"  ({finding.remedy.risk.value})" if finding.remedy.risk is not Risk.SAFE else ""
    return Text.assemble(
        (f"\n{finding.check}: ", STYLES[finding.status]),
        one_line(finding.cause, ascii_only=ascii_only),
        (explains, "dim"),
        ("\n  mend it: ", "bold"),
        one_line(str(finding.remedy), ascii_only=ascii_only),
        (risk, "yellow"),
    )
