"""How a status looks: a mark, a word and a colour. Mark and word say it too where colours are not told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from checks.model import Finding, Status

WELL = frozenset({Status.PASS, Status.NOT_APPLICABLE, Status.NOT_RUN})

LONGEST = 120
"""Characters of what was seen that one reads in passing."""

STYLES = {
    Status.PASS: "cyan",
    Status.WARN: "yellow",
    Status.FAIL: "bold red",
    Status.BLOCKED: "dim",
    Status.UNKNOWN: "magenta",
    Status.NOT_APPLICABLE: "dim",
    Status.NOT_RUN: "dim",
}
_MARKS = {
    Status.PASS: ("✔", "+"),
    Status.WARN: ("▲", "!"),
    Status.FAIL: ("✖", "x"),
    Status.BLOCKED: ("◌", "~"),
    Status.UNKNOWN: ("?", "?"),
    Status.NOT_APPLICABLE: ("–", "-"),
    Status.NOT_RUN: ("○", "o"),
}
_PLAIN = str.maketrans({"×": "x", "…": "...", "→": "->", "≥": ">=", "≤": "<=", "–": "-", "—": "-", "’": "'"})


def is_quiet(finding: Finding) -> bool:
    """Tell what a long report counts instead of listing it: what is well, unless people came to see just that."""
    shown = finding.headline and finding.status is not Status.NOT_APPLICABLE
    return finding.status in WELL and not shown


def mark(status: Status, *, ascii_only: bool = False) -> str:
    return _MARKS[status][ascii_only]


def one_line(text: str, *, ascii_only: bool = False) -> str:
    """Return `text` fit for a line of a terminal: a host may write escape codes and line ends for ours."""
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))
    return line.translate(_PLAIN).encode("ascii", "replace").decode() if ascii_only else line


def glance(text: str, *, ascii_only: bool = False) -> str:
    """Return the line, cut where it is longer than one looks at; the whole stands in every other format."""
    line = one_line(text, ascii_only=ascii_only)
    return line if len(line) <= LONGEST else line[:LONGEST].rstrip() + ("..." if ascii_only else "…")


def counted(findings: Iterable[Finding], listed: Iterable[Finding] = ()) -> str:
    """Return such as `41 pass, 12 n/a`, in the order of Status, and what makes up for those that were not run.

    `41 more pass` where some that pass are `listed` above.
    """
    numbers, above = Counter(finding.status for finding in findings), {finding.status for finding in listed}
    words = {each: f"{'more ' if each in above else ''}{each.value}" for each in Status}
    words[Status.NOT_RUN] += " (plain `verify` of the host runs them)"
    return ", ".join(f"{numbers[each]} {words[each]}" for each in Status if numbers[each])


def the_rest(findings: Iterable[Finding]) -> str:
    """Return how many findings a report has no line for."""
    shown = list(findings)
    return counted(filter(is_quiet, shown), (each for each in shown if not is_quiet(each)))
