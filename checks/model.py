"""A check is a claim about a host and a pure judge of it; a finding is what the judge said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from checks.remedy import NO_REMEDY, Remedy
from provisioning.probe import Facts


class Status(Enum):
    PASS = "pass"  # noqa: S105 - an outcome
    WARN = "warn"
    FAIL = "fail"
    BLOCKED = "blocked"
    """Something that it needs has failed, so it says nothing of its own."""
    UNKNOWN = "unknown"
    """It could not be measured: neither good nor bad."""
    NOT_APPLICABLE = "n/a"
    NOT_RUN = "not run"


class Severity(Enum):
    CRITICAL = "critical"
    """Without it containers, or GPUs in them, do not work."""
    WARNING = "warning"
    """It works now, and will break or is slow."""


@dataclass(frozen=True)
class Verdict:
    status: Status
    seen: str
    """What was found on the host."""
    cause: str = ""
    remedy: Remedy = NO_REMEDY
    blocked_by: str = ""
    """Id of the check whose failure says all there is to say."""


def passed(seen: str) -> Verdict:
    return Verdict(Status.PASS, seen)


def failed(seen: str, *, cause: str, remedy: Remedy) -> Verdict:
    """The claim does not hold. The severity of the check makes it a failure or a warning."""
    return Verdict(Status.FAIL, seen, cause, remedy)


def warned(seen: str, *, cause: str, remedy: Remedy) -> Verdict:
    """Return what a critical check says of a fault that harms nothing yet."""
    return Verdict(Status.WARN, seen, cause, remedy)


def blocked(check: str) -> Verdict:
    """Return what a judge says who finds the cause of a failure to be the subject of another check."""
    return Verdict(Status.BLOCKED, f"because {check} failed", blocked_by=check)


def unknown(reason: str, cause: str = "") -> Verdict:
    return Verdict(Status.UNKNOWN, reason, cause)


def not_applicable(reason: str) -> Verdict:
    return Verdict(Status.NOT_APPLICABLE, reason)


def not_run(reason: str) -> Verdict:
    return Verdict(Status.NOT_RUN, reason)


@dataclass(frozen=True)
class Check:
    id: str
    claim: str
    """What a pass proves, in one line."""
    judge: Callable[[Facts], Verdict]
    severity: Severity = Severity.CRITICAL
    needs: tuple[str, ...] = ()
    """Ids of the checks without which this one says nothing."""
    gpu: bool = False
    """Only of interest on a host that shall serve GPUs."""
    headline: bool = False
    """What people came to see: a report shows it also when all is well."""


@dataclass(frozen=True)
class Finding:
    check: str
    claim: str
    severity: Severity
    status: Status
    seen: str
    cause: str = ""
    remedy: Remedy = NO_REMEDY
    blocked_by: str = ""
    explains: tuple[str, ...] = ()
    """Ids of the checks that are blocked because this one failed, or unknown because or as this one is."""
    headline: bool = False


_EXIT_CODES = {Status.FAIL: 2, Status.UNKNOWN: 3, Status.WARN: 1}


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 2 when something failed, else 3 when something is unknown, else 1 when something warns, else 0."""
    statuses = {finding.status for finding in findings}
    return next((code for status, code in _EXIT_CODES.items() if status in statuses), 0)


def critical(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.CRITICAL]
