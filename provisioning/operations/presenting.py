"""Reports in the form that was asked for: on the terminal, on standard output, or in a file."""

from __future__ import annotations

import io
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from checks.model import Check
from checks.report import HostReport, worst_exit_code
from checks.reports import check_list, table, tree
from provisioning.errors import UsageError
from provisioning.operations import showing
from provisioning.tasks.failure import show_failure


@dataclass(frozen=True)
class Form:
    """How to tell what was found."""

    name: str = "tree"
    output: Path | None = None
    everything: bool = False
    """A line for each check, also for those that are well."""
    ascii_only: bool = False


def present(form: Form, reports: Sequence[HostReport]) -> int:
    """Write the reports; return the exit code. Raises UsageError where the file cannot be written."""
    if form.name in _ON_A_CONSOLE:
        _on_a_console(form, reports)
    else:
        _put(form, _DOCUMENTS[form.name](reports))
    return _plugin_code(reports) if form.name == "nagios" else worst_exit_code(reports)


def list_checks(form: Form, checks: Sequence[Check]) -> None:
    """Write what can be proved: a table, or JSON. Raises UsageError."""
    if form.name == "json":
        from checks.reports.json_report import checks_to_json

        _put(form, checks_to_json(checks) + "\n")
        return
    page = io.StringIO()
    console = Console(file=page, width=200, highlight=False, soft_wrap=True) if form.output else showing.console()
    check_list.show(console, checks)
    if form.output:
        _put(form, page.getvalue())


def _on_a_console(form: Form, reports: Sequence[HostReport]) -> None:
    page = io.StringIO()
    console = Console(file=page, width=200, highlight=False, soft_wrap=True) if form.output else showing.console()
    ascii_only = form.ascii_only or not (form.output or console.encoding.lower().startswith("utf"))
    for number, report in enumerate(reports):
        if report.findings:
            console.print() if number else None
            _ON_A_CONSOLE[form.name](console, report, everything=form.everything, ascii_only=ascii_only)
        if report.error:
            show_failure(report.error)
    if form.output:
        _put(form, page.getvalue())


def _put(form: Form, text: str) -> None:
    if form.output:
        replace_file(form.output, text)
    else:
        sys.stdout.write(text)


def replace_file(path: Path, text: str) -> None:
    """Write `path` whole or not at all: a collector may read it at any time. Raises UsageError."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise UsageError(f"--output {path}: {error.strerror}.", "Name a file that can be written.") from error


def _json(reports: Sequence[HostReport]) -> str:
    from checks.reports.json_report import to_json

    return to_json(reports) + "\n"


def _junit(reports: Sequence[HostReport]) -> str:
    from checks.reports.junit import to_junit

    return to_junit(reports)


def _nagios(reports: Sequence[HostReport]) -> str:
    from checks.reports.nagios import to_nagios

    return to_nagios(reports)


def _plugin_code(reports: Sequence[HostReport]) -> int:
    from checks.reports.nagios import plugin_exit_code

    return plugin_exit_code(reports)


def _prometheus(reports: Sequence[HostReport]) -> str:
    from checks.reports.prometheus import to_prometheus

    return to_prometheus(reports, int(time.time()))


def _html(reports: Sequence[HostReport]) -> str:
    from checks.reports.html import to_html

    return to_html(reports, int(time.time()))


_ON_A_CONSOLE: Mapping[str, Callable[..., None]] = {"tree": tree.show, "table": table.show}
_DOCUMENTS: Mapping[str, Callable[[Sequence[HostReport]], str]] = {
    "json": _json,
    "junit": _junit,
    "nagios": _nagios,
    "prometheus": _prometheus,
    "html": _html,
}
FORMATS = (*_ON_A_CONSOLE, *_DOCUMENTS)
