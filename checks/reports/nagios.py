"""Reports as a plugin of Nagios, Icinga or Sensu prints them (Monitoring Plugins Development Guidelines)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checks.graph import root_causes_first
from checks.model import Finding, Status
from checks.report import HostReport, worst_exit_code
from checks.reports.marks import counted, one_line

_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_TOLD = {Status.FAIL, Status.WARN, Status.UNKNOWN}


def plugin_exit_code(reports: Sequence[HostReport]) -> int:
    """Return 0 to 3: a host that cannot be judged is UNKNOWN, and a critical one counts more."""
    codes = {min(worst_exit_code([report]), 3) for report in reports}
    return next((code for code in (2, 3, 1) if code in codes), 0)


def to_nagios(reports: Sequence[HostReport]) -> str:
    """Return the status line with performance data, then a line for each thing that needs a look."""
    notable = [line for report in reports for line in _notable(report, several=len(reports) > 1)]
    findings = [finding for report in reports for finding in report.findings]
    first = notable[0] if notable else counted(findings) or "nothing was judged"
    status = f"GPUDOCK {_WORDS[plugin_exit_code(reports)]} - {first}"
    return "\n".join([f"{status} | {_performance(reports)}", *notable[1:]]) + "\n"


def _notable(report: HostReport, *, several: bool) -> list[str]:
    before = f"{report.host}: " if several else ""
    error = [f"{before}{report.error.message}"] if report.error else []
    found = [f"{before}{_told(each)}" for each in root_causes_first(report.findings) if each.status in _TOLD]
    return [_plain(line) for line in (*error, *found)]


def _told(finding: Finding) -> str:
    explains = f" (explains {len(finding.explains)} more)" if finding.explains else ""
    remedy = f" - mend it: {finding.remedy}" if str(finding.remedy) else ""
    said = f"{finding.seen}. {finding.cause}" if finding.cause else finding.seen
    return f"{finding.check} {finding.status.value}: {said}{explains}{remedy}"


def _plain(line: str) -> str:
    """The bar begins the performance data, wherever it stands."""
    return one_line(line).replace("|", "/")


def _performance(reports: Sequence[HostReport]) -> str:
    numbers = Counter(finding.status for report in reports for finding in report.findings)
    labels = {status: status.value.replace("/", "").replace(" ", "_") for status in Status}
    errors = sum(1 for report in reports if report.error)
    return " ".join([*(f"{label}={numbers[status]};;;0" for status, label in labels.items()), f"errors={errors};;;0"])
