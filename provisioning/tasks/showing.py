"""Where tasks print to, and how reports end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from checks.report import HostReport
from checks.reports import table
from provisioning.tasks.failure import show_failure


def console() -> Console:
    return Console(highlight=False, soft_wrap=not Console().is_terminal)


def show_reports(out: Console, reports: Sequence[HostReport]) -> None:
    """Print what came of each host; its error, if any, goes to standard error."""
    for report in reports:
        if report.findings:
            out.print()
            table.show(out, report)
        if report.changed == 0:
            out.print("Nothing needed changing.")
        if report.error:
            show_failure(report.error)
