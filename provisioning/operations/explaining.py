"""Explain an error text, and ask hosts which of its meanings holds there."""

from __future__ import annotations

import sys

from checks import graph
from checks.choosing import choose
from checks.explain import Explanation, explain
from checks.reports import explanation
from provisioning.errors import UsageError
from provisioning.operations import presenting, showing, verifying
from provisioning.tasks.targets import Targets

UNKNOWN = 3
LONGEST = 1_000_000
"""Characters that are read of standard input."""


def read_text(text: str) -> str:
    """Return `text`, or standard input where there is none. Raises UsageError when that is empty, or a terminal."""
    pasted = text or ("" if sys.stdin.isatty() else sys.stdin.read(LONGEST))
    if not pasted.strip():
        raise UsageError(
            "There is no text to explain.",
            "Put it in quotes, or on standard input: docker run … 2>&1 | gpudock explain",
        )
    return pasted


def explain_text(targets: Targets, text: str, *, as_json: bool) -> int:
    """Print what `text` means; return 0 when it is known, 3 when not, or what the checks say where hosts are named."""
    told = explain(text)
    if as_json:
        sys.stdout.write(explanation.to_json(told) + "\n")
    else:
        claims = {check.id: check.claim for check in graph.all_checks()}
        host = ", ".join(address.text for address in targets.hosts)
        explanation.show(showing.console(), told, claims, host)
    if not targets.hosts or as_json:
        return 0 if told.known else UNKNOWN
    return confirm(targets, told)


def confirm(targets: Targets, told: Explanation) -> int:
    """Run the checks that confirm it on the hosts; all of them where the text is not known."""
    checks = graph.all_checks()
    known = {check.id for check in checks}
    ids = ",".join(check for check in told.checks if check in known)
    sys.stdout.write("\n")
    reports = verifying.verify_hosts(targets, verifying.Question(choose(checks, only=ids)))
    return presenting.present(presenting.Form(everything=bool(ids)), reports)
