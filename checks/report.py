"""What came of a host, for every way of showing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checks.model import Finding, exit_code
from provisioning.errors import GpudockError


@dataclass(frozen=True)
class HostReport:
    host: str
    findings: tuple[Finding, ...] = ()
    error: GpudockError | None = None
    """Why there are no findings, or why the work ended early."""
    changed: int | None = None
    """How many changes were made; None when none were asked for."""
    warnings: tuple[str, ...] = ()
    """What the host's own tools warned of while it was changed."""
    subtitle: str = ""
    """The host in a few words: its system, its GPUs."""


def worst_exit_code(reports: Iterable[HostReport]) -> int:
    """Return the code of the worst host: an error before what its checks say, then fail, unknown, warn."""
    listed = list(reports)
    errors = [report.error.exit_code for report in listed if report.error]
    return max(errors) if errors else exit_code(finding for report in listed for finding in report.findings)
