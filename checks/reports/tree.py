"""A report as a tree in the terminal: each cause with what it explains, then what is well as a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from checks.graph import root_causes_first
from checks.model import Finding, Status
from checks.remedy import Risk
from checks.report import HostReport
from checks.reports.marks import STYLES, glance, is_quiet, mark, one_line, the_rest

NAMED = 8
"""Of more checks than these that a cause explains, a report names the first and counts the others."""


class Pencil:
    """Draws the lines of one report, in Unicode or in ASCII."""

    def __init__(self, *, ascii_only: bool) -> None:
        self._ascii = ascii_only

    def head(self, finding: Finding, before: str = "") -> Text:
        status = finding.status
        word = f"{mark(status, ascii_only=self._ascii)} {status.value:7}"
        return Text.assemble(
            (before, "dim"),
            (word, STYLES[status]),
            " ",
            (finding.check, "bold"),
            f"  {self.line(finding.claim)}",
            (
                "" if status in {Status.FAIL, Status.WARN} else f"  {glance(finding.seen, ascii_only=self._ascii)}",
                "dim",
            ),
        )

    def detail(self, label: str, text: str, style: str = "", after: str = "") -> Text:
        return Text.assemble(("| " if self._ascii else "│ ", "dim"), (label, "dim"), self.line(text), (after, style))

    def line(self, text: str) -> str:
        return one_line(text, ascii_only=self._ascii)

    def branch(self, *, last: bool) -> str:
        return ("`-- " if last else "|-- ") if self._ascii else ("└── " if last else "├── ")


def show(console: Console, report: HostReport, *, everything: bool = False, ascii_only: bool = False) -> None:
    """Print one host: first what explains most. `everything`: a line for each check, also for those that are well."""
    pencil = Pencil(ascii_only=ascii_only)
    console.print(Text.assemble((report.host, "bold"), f"  {pencil.line(report.subtitle)}" if report.subtitle else ""))
    for line in lines(pencil, report.findings, everything=everything):
        console.print(line)


def lines(pencil: Pencil, findings: Sequence[Finding], *, everything: bool) -> Iterator[Text]:
    ordered = root_causes_first(findings)
    below = {name for finding in ordered for name in finding.explains}
    for finding in ordered:
        if is_quiet(finding) and not everything:
            continue
        if finding.check in below:
            continue  # it stands below its cause
        yield pencil.head(finding)
        yield from _details(pencil, finding)
        yield from _below(pencil, finding, ordered, everything=everything)
    if not everything:
        yield Text(the_rest(ordered), style="dim")


def _details(pencil: Pencil, finding: Finding) -> Iterator[Text]:
    if finding.seen and finding.status in {Status.FAIL, Status.WARN}:
        yield pencil.detail("seen     ", finding.seen)
    if finding.cause:
        yield pencil.detail("cause    ", finding.cause)
    if str(finding.remedy) and finding.status in {Status.FAIL, Status.WARN}:
        risk = f"  ({finding.remedy.risk.value})" if finding.remedy.risk is not Risk.SAFE else ""
        yield pencil.detail("mend it: ", str(finding.remedy), "yellow", risk)


def _below(pencil: Pencil, cause: Finding, findings: Sequence[Finding], *, everything: bool) -> Iterator[Text]:
    explained = [finding for finding in findings if finding.check in cause.explains]
    if not explained:
        return
    if everything:
        for finding in explained:
            yield pencil.head(finding, pencil.branch(last=finding is explained[-1]))
        return
    first = sorted(explained, key=lambda finding: not finding.headline)  # what people came to see
    shown = first if len(first) <= NAMED else first[: NAMED - 1]
    names = ", ".join(finding.check for finding in shown)
    more = f" and {len(first) - len(shown)} more" if len(first) > len(shown) else ""
    what = f"explains {len(explained)} {explained[0].status.value}: {names}{more}"
    yield Text.assemble((pencil.branch(last=True), "dim"), (what, "dim"))
