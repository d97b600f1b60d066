"""Where tasks print to, and how reports end."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.console import Console

from checks.report import HostReport
from checks.reports import table
from checks.reports.json_report import to_json
from provisioning.tasks.failure import show_failure


def console(*, stderr: bool = False) -> Console:
    """Return the terminal; where there is none, tables are wide. Lines are never broken: commands get copied."""
    plain = Console(highlight=False, soft_wrap=True, stderr=stderr)
    return plain if plain.is_terminal else Console(highlight=False, soft_wrap=True, width=200, stderr=stderr)


def show_reports(out: Console, reports: Sequence[HostReport]) -> None:
    """Print what came of each host; its error, if any, goes to standard error."""
    for report in reports:
        if report.findings:
            out.print()
            table.show(out, report)
        for warning in report.warnings:
            out.print(f"{report.host}: {warning}", style="yellow", markup=False)
        if report.error:
            show_failure(report.error)


def show_json(reports: Sequence[HostReport], code: int) -> None:
    """Print reports for a program; `code` is what the process will end with."""
    sys.stdout.write(json.dumps({**json.loads(to_json(reports)), "exit_code": code}, indent=2) + "\n")
