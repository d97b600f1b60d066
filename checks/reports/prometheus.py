"""Reports in Prometheus' text format, for the textfile collector of its node exporter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from checks.model import Status
from checks.report import HostReport, worst_exit_code

VALUES = {
    Status.PASS: 0,
    Status.WARN: 1,
    Status.FAIL: 2,
    Status.UNKNOWN: 3,
    Status.BLOCKED: 4,
    Status.NOT_APPLICABLE: 5,
    Status.NOT_RUN: 6,
}
_STATUS_HELP = "How a check came out: " + ", ".join(f"{number} {status.value}" for status, number in VALUES.items())

Sample = tuple[Mapping[str, str], float]


def to_prometheus(reports: Sequence[HostReport], now: int) -> str:
    """Return the metrics. `now`: seconds since the epoch, when the hosts were judged."""
    judged = [report for report in reports if report.findings]
    metrics = (
        _metric("gpudock_up", "Whether the host could be judged.", _up(reports)),
        _metric("gpudock_check_status", f"{_STATUS_HELP}.", _checks(judged)),
        _metric("gpudock_findings", "How many checks came out so.", _counts(judged)),
        _metric("gpudock_exit_code", "What gpudock verify ends with for the host.", _codes(reports)),
        _metric("gpudock_judged_timestamp_seconds", "When the hosts were judged.", [({}, float(now))]),
    )
    return "".join(metrics)


def _up(reports: Sequence[HostReport]) -> list[Sample]:
    return [({"host": report.host}, 0 if report.error else 1) for report in reports]


def _codes(reports: Sequence[HostReport]) -> list[Sample]:
    return [({"host": report.host}, worst_exit_code([report])) for report in reports]


def _checks(reports: Sequence[HostReport]) -> list[Sample]:
    return [
        ({"host": report.host, "check": each.check, "severity": each.severity.value}, VALUES[each.status])
        for report in reports
        for each in report.findings
    ]


def _counts(reports: Sequence[HostReport]) -> list[Sample]:
    numbers = {report.host: Counter(finding.status for finding in report.findings) for report in reports}
    return [
        ({"host": host, "status": status.value}, number[status])
        for host, number in numbers.items()
        for status in Status
    ]


def _metric(name: str, told: str, samples: Iterable[Sample]) -> str:
    lines = [f"{name}{_labels(labels)} {value:.0f}" for labels, value in samples]
    return "\n".join([f"# HELP {name} {told}", f"# TYPE {name} gauge", *lines, ""])


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
