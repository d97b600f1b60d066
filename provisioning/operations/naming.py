"""Hints as they can be typed: with the host for HOST, and with the options that lead there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import replace

from checks.model import Finding
from checks.report import HostReport
from provisioning.operations.way_there import THIS_MACHINE, options
from provisioning.probe import UnknownFact
from provisioning.runners.model import Access

_PLACEHOLDER = re.compile(r"(?<=\./gpudock )(\S+) HOST\b")


def typed(text: str, host: str, access: Access) -> str:
    """Return `text` with what stands for HOST behind a task of ours; nothing does for this machine."""
    words = [*(() if host == THIS_MACHINE else (host,)), *options(access)]
    return _PLACEHOLDER.sub(lambda found: shlex.join([found[1], *words]), text)


def named(reports: Iterable[HostReport], access: Access) -> list[HostReport]:
    """Return the reports of hosts with remedies, and hints of errors, that can be typed."""
    return [_named(report, access) for report in reports]


def _named(report: HostReport, access: Access) -> HostReport:
    if isinstance(report.error, UnknownFact):  # raised where no host is known
        report.error.message = f"{report.host}: {report.error.message}"
    if report.error:
        report.error.hint = typed(report.error.hint, report.host, access)
    return replace(report, findings=tuple(_remedied(each, report.host, access) for each in report.findings))


def _remedied(finding: Finding, host: str, access: Access) -> Finding:
    return replace(finding, remedy=replace(finding.remedy, words=typed(finding.remedy.told, host, access)))
