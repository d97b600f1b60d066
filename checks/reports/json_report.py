"""Reports as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from checks.model import Finding
from checks.report import HostReport, worst_exit_code

SCHEMA = 1


def to_json(reports: Iterable[HostReport]) -> str:
    listed = list(reports)
    hosts = [_host(report) for report in listed]
    return json.dumps({"schema": SCHEMA, "exit_code": worst_exit_code(listed), "hosts": hosts}, indent=2)


def _host(report: HostReport) -> dict[str, Any]:
    error = report.error
    return {
        "host": report.host,
        "system": report.subtitle,
        "changed": report.changed,
        "warnings": list(report.warnings),
        "error": {"message": error.message, "hint": error.hint, "exit_code": error.exit_code} if error else None,
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "claim": finding.claim,
        "severity": finding.severity.value,
        "status": finding.status.value,
        "seen": finding.seen,
        "cause": finding.cause,
        "remedy": str(finding.remedy),
        "risk": finding.remedy.risk.value,
        "blocked_by": finding.blocked_by,
        "explains": list(finding.explains),
    }
