"""Where tasks print to, and how reports end."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Sequence
from typing import TextIO, cast

from rich.console import Console

from checks.report import HostReport
from checks.reports import table
from checks.reports.json_report import to_json
from provisioning.tasks.failure import show_failure

WIDE = 200
"""Columns of a table that goes to no terminal, where COLUMNS does not say another number."""


class Output(Console):
    """A console that leaves it to the program to end where whoever read it has gone, and the exit code too."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Trimmed(io.TextIOBase):
    """A stream without the blanks that tables have at the ends of their lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute there, and read-only
        return self._stream.encoding

    def write(self, text: str) -> int:
        return self._stream.write(re.sub(r" +\n", "\n", text))

    def flush(self) -> None:
        self._stream.flush()


def console(*, stderr: bool = False) -> Console:
    """Return the terminal; where there is none, tables are wide. Lines are never broken: commands get copied."""
    terminal = Output(highlight=False, soft_wrap=True, stderr=stderr)
    if terminal.is_terminal:
        return terminal
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) else WIDE
    stream = cast(TextIO, _Trimmed(sys.stderr if stderr else sys.stdout))
    return Output(highlight=False, soft_wrap=True, width=width, file=stream)


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
