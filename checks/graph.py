"""Judge the checks in the order of their needs, so that a cause hides what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from checks import catalog
from checks.model import Check, Finding, Severity, Status, Verdict, unknown
from provisioning.discovery import declared
from provisioning.probe import Facts, UnknownFact


def all_checks() -> list[Check]:
    """Return the checks of the catalogue."""
    return declared(catalog, Check)


def judge(facts: Facts, checks: Iterable[Check]) -> list[Finding]:
    """Return a finding for each check, each after those it needs.

    Blocked: a need has failed or is blocked itself. An unknown need blocks nothing, and a need that is not among
    `checks` counts as met.
    """
    known = {check.id: check for check in checks}
    graph = {check.id: [need for need in check.needs if need in known] for check in known.values()}
    findings: dict[str, Finding] = {}
    order: TopologicalSorter[str] = TopologicalSorter(graph)
    for name in order.static_order():
        findings[name] = _finding(known[name], _blocked(known[name], findings) or _judged(known[name], facts))
    return list(findings.values())


def _blocked(check: Check, findings: Mapping[str, Finding]) -> Verdict | None:
    broken = (Status.FAIL, Status.BLOCKED)
    met = [findings[need] for need in check.needs if need in findings]
    blockers = [need for need in met if need.status in broken and need.severity is Severity.CRITICAL]
    if not blockers:
        return None
    first = blockers[0]
    root = first.seen if first.status is Status.BLOCKED else f"because {first.check} failed"
    return Verdict(Status.BLOCKED, root)


def _judged(check: Check, facts: Facts) -> Verdict:
    try:
        return check.judge(facts)
    except UnknownFact as missing:
        return unknown(f"{missing.probe}: {missing.reason}")


def _finding(check: Check, verdict: Verdict) -> Finding:
    softened = verdict.status is Status.FAIL and check.severity is Severity.WARNING
    status = Status.WARN if softened else verdict.status
    return Finding(check.id, check.claim, check.severity, status, verdict.seen, verdict.cause, verdict.remedy)
