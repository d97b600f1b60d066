"""The proof that one fault has one name: it alone fails, and what needs it is blocked."""

from __future__ import annotations

from checks import graph
from checks.model import Finding, Severity, Status
from tests.unit.checks.judged_host import DEEP, findings
from tests.unit.described_host import READY, facts

BROKEN = {Status.FAIL, Status.WARN}


def named(broken: dict[str, str], check: str, cause: str, remedy: str) -> Finding:
    """Judge a healthy host with `broken` answers; prove that `check` alone fails, so named; return its finding."""
    told = findings(facts({**READY, **DEEP, **broken}))
    found = told[check]
    assert found.status is (Status.FAIL if found.severity is Severity.CRITICAL else Status.WARN), found.seen
    assert cause in f"{found.seen} {found.cause}"
    assert remedy in str(found.remedy)
    assert {name for name, each in told.items() if each.status in BROKEN} == {check}
    assert {name for name, each in told.items() if each.status is Status.BLOCKED} == set(found.explains)
    assert graph.root_causes_first(told.values())[0].check == check
    return found
