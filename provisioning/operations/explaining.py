"""Explain an error text, and ask hosts which of its meanings holds there."""

from __future__ import annotations

import sys

from checks import graph
from checks.choosing import choose
from checks.explain import Explanation, explain
from checks.report import HostReport, worst_exit_code
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
            "Put it in quotes, or on standard input: docker run … 2>&1 | ./gpudock explain",
        )
    return pasted


def explain_text(targets: Targets, text: str, *, as_json: bool) -> int:
    """Print what `text` means, and what the hosts' checks say where hosts are named.

    Return 0 when the text is known, 3 when not; with hosts what their checks say, and 3 where all of them pass and the
    text is still not known.
    """
    told = explain(text)
    if not as_json:
        claims = {check.id: check.claim for check in graph.all_checks()}
        host = ", ".join(address.text for address in targets.hosts)
        explanation.show(showing.console(), told, claims, host)
    reports = confirm(targets, told) if targets.hosts else []
    code = worst_exit_code(reports) or (0 if told.known else UNKNOWN)
    if as_json:
        sys.stdout.write(explanation.to_json(told, code, reports) + "\n")
    elif reports:
        sys.stdout.write("\n")
        presenting.present(presenting.Form(everything=bool(told.checks)), reports)
    return code


def confirm(targets: Targets, told: Explanation) -> list[HostReport]:
    """Run the checks that confirm it on the hosts; all of them where the text is not known, or says all itself."""
    choice = choose(graph.all_checks(), only=",".join(told.checks))
    return verifying.verify_hosts(targets, verifying.Question(choice))
