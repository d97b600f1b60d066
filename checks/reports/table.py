"""A report as a table in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.graph import root_causes_first
from checks.model import Finding, Status
from checks.remedy import Risk
from checks.report import HostReport

STYLES = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "bold red",
    Status.BLOCKED: "dim red",
    Status.UNKNOWN: "magenta",
    Status.NOT_APPLICABLE: "dim",
    Status.NOT_RUN: "dim",
}


def show(console: Console, report: HostReport) -> None:
    """Print the findings of one host, then what to do about those that are not as they should be."""
    console.print(Text.assemble((report.host, "bold"), f"  {report.subtitle}" if report.subtitle else ""))
    if report.findings:
        console.print(_table(report))
    for finding in root_causes_first(report.findings):
        if str(finding.remedy) and finding.status in {Status.FAIL, Status.WARN}:
            console.print(_advice(finding))


def _table(report: HostReport) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(min_width=32)
    table.add_column()
    for finding in root_causes_first(report.findings):
        style = STYLES[finding.status]
        table.add_row(
            Text(f"  {finding.status.value}", style=style), Text(finding.claim), Text(finding.seen, style="dim")
        )
    return table


def _advice(finding: Finding) -> Text:
    explains = f"\n  explains: {', '.join(finding.explains)}" if finding.explains else ""
    risk = f"  ({finding.remedy.risk.value})" if finding.remedy.risk is not Risk.SAFE else ""
    return Text.assemble(
        (f"\n{finding.check}: ", STYLES[finding.status]),
        finding.cause,
        (explains, "dim"),
        ("\n  mend it: ", "bold"),
        str(finding.remedy),
        (risk, "yellow"),
    )
