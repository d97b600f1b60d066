"""Reports as JSON, for programs. docs/json.md says what each field means, and a test that it says so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from checks.graph import root_causes_first
from checks.model import Check, Finding
from checks.report import HostReport, worst_exit_code

SCHEMA = 1
FEW = 20
"""Hosts whose report somebody may read as it is; of a thousand it would take seconds to lay out, and 300 MB."""


def to_json(reports: Iterable[HostReport]) -> str:
    """Return the document of docs/json.md: laid out for people's eyes, or a line for each of many hosts."""
    listed = list(reports)
    code = worst_exit_code(listed)
    if len(listed) <= FEW:
        hosts = [plain_host(report) for report in listed]
        return json.dumps({"schema": SCHEMA, "exit_code": code, "hosts": hosts}, indent=2)
    lines = ",\n".join(json.dumps(plain_host(report)) for report in listed)
    return f'{{"schema": {SCHEMA}, "exit_code": {code}, "hosts": [\n{lines}\n]}}'


def checks_to_json(checks: Iterable[Check]) -> str:
    return json.dumps({"schema": SCHEMA, "checks": [_check(check) for check in checks]}, indent=2)


def _check(check: Check) -> dict[str, Any]:
    return {
        "check": check.id,
        "claim": check.claim,
        "severity": check.severity.value,
        "needs": list(check.needs),
        "gpu": check.gpu,
    }


def plain_host(report: HostReport) -> dict[str, Any]:
    error = report.error
    counts = Counter(finding.status.value for finding in report.findings)
    return {
        "host": report.host,
        "system": report.subtitle,
        "changed": report.changed,
        "warnings": list(report.warnings),
        "error": {"message": error.message, "hint": error.hint, "exit_code": error.exit_code} if error else None,
        "counts": dict(sorted(counts.items())),
        "findings": [_finding(finding) for finding in root_causes_first(report.findings)],
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
        "commands": [list(command.argv) for command in finding.remedy.commands],
        "by_provisioning": finding.remedy.provision,
        "risk": finding.remedy.risk.value,
        "blocked_by": finding.blocked_by,
        "explains": list(finding.explains),
    }
