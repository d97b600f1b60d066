"""Judge the checks in the order of their needs, so that a cause hides what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

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
    findings: dict[str, Finding] = {}
    for name in _order(tuple((check.id, check.needs) for check in known.values())):
        findings[name] = _finding(known[name], _blocked(known[name], findings) or _judged(known[name], facts))
    return _explaining(findings.values(), _unknown_with(findings, known))


def cycle(checks: Iterable[Check]) -> tuple[str, ...]:
    """Return the ids of checks that need each other, none where all can be judged in some order."""
    try:
        _order(tuple((check.id, check.needs) for check in checks))
    except CycleError as found:
        return tuple(dict.fromkeys(found.args[1]))
    return ()


@lru_cache(maxsize=16)  # a thousand hosts are judged by the same checks
def _order(needs: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    known = {name for name, _ in needs}
    order = TopologicalSorter({name: [each for each in of if each in known] for name, of in needs})
    return tuple(order.static_order())


_ORDER = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.BLOCKED, Status.PASS, Status.NOT_RUN, Status.NOT_APPLICABLE)


def root_causes_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings as a person wants them: what explains most first, then what needs a look, then the rest."""
    return sorted(findings, key=lambda finding: (_ORDER.index(finding.status), -len(finding.explains)))


def _unknown_with(findings: Mapping[str, Finding], checks: Mapping[str, Check]) -> dict[str, list[str]]:
    """Return what is unknown along with an unknown check: those that need it, or are unknown for the same reason."""
    left = {name: each for name, each in findings.items() if each.status is Status.UNKNOWN}
    needing = {name: [other for other in left if name in checks[other].needs] for name in left}
    told: dict[str, list[str]] = {}
    for root in sorted(left, key=lambda name: -len(needing[name])):
        if root in left and needing[root]:
            seen = left.pop(root).seen
            told[root] = [name for name, each in left.items() if name in needing[root] or each.seen == seen]
            for name in told[root]:
                del left[name]
    return {root: names for root, names in told.items() if names}


def _explaining(findings: Collection[Finding], unknown_with: Mapping[str, list[str]]) -> list[Finding]:
    behind = dict(unknown_with)
    for each in findings:
        if each.blocked_by:
            behind.setdefault(each.blocked_by, []).append(each.check)
    return [replace(each, explains=tuple(behind[each.check])) if each.check in behind else each for each in findings]


def _blocked(check: Check, findings: Mapping[str, Finding]) -> Verdict | None:
    for need in check.needs:
        found = findings.get(need)
        if found and found.severity is Severity.CRITICAL and (root := _root(found)):
            return Verdict(Status.BLOCKED, f"because {root} failed", blocked_by=root)
    return None


def _root(need: Finding) -> str:
    return need.check if need.status is Status.FAIL else need.blocked_by


def _judged(check: Check, facts: Facts) -> Verdict:
    try:
        return check.judge(facts)
    except UnknownFact as missing:
        return unknown(f"{missing.probe}: {missing.reason}")


def _finding(check: Check, verdict: Verdict) -> Finding:
    softened = verdict.status is Status.FAIL and check.severity is Severity.WARNING
    return Finding(
        check=check.id,
        claim=check.claim,
        severity=check.severity,
        status=Status.WARN if softened else verdict.status,
        seen=verdict.seen,
        cause=verdict.cause,
        remedy=verdict.remedy,
        blocked_by=verdict.blocked_by,
        headline=check.headline,
    )
