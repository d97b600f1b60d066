"""What was measured, and what a table says of it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One whole run of a program."""

    seconds: float
    """From the start of its process to its end."""
    peak_mb: float | None
    """The most memory that one of its processes had, in 10^6 bytes; None where it is too little to be known."""


@dataclass(frozen=True)
class Goal:
    """What gpudock wants to stay under; None where it wants nothing."""

    seconds: float | None = None
    peak_mb: float | None = None
    sessions: int | None = None


@dataclass(frozen=True)
class Row:
    """One program in one scenario."""

    scenario: str
    program: str
    samples: Sequence[Sample]
    sessions: int | None = None
    """Sessions that one run opened on the host; None where nobody counted."""
    goal: Goal = Goal()

    @property
    def seconds(self) -> float:
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def peak_mb(self) -> float | None:
        return max((sample.peak_mb for sample in self.samples if sample.peak_mb), default=None)


def cells(row: Row) -> tuple[str, ...]:
    """Return a row of the table: scenario, program, seconds, memory, sessions, goal and whether it was met."""
    fastest, slowest = (pick(sample.seconds for sample in row.samples) for pick in (min, max))
    return (
        row.scenario,
        row.program,
        f"{row.seconds:.2f} ({fastest:.2f}–{slowest:.2f})",
        "" if row.peak_mb is None else f"{row.peak_mb:.0f}",
        "" if row.sessions is None else str(row.sessions),
        verdict(row),
    )


def verdict(row: Row) -> str:
    """Return the goal in words, and whether the medians met it; '' without one."""
    wanted = (
        (row.goal.seconds, row.seconds, "{:.1f} s"),
        (row.goal.peak_mb, row.peak_mb, "{:.0f} MB"),
        (row.goal.sessions, row.sessions, "{} session"),
    )
    parts = [(form.format(limit), found is not None and found <= limit) for limit, found, form in wanted if limit]
    if not parts:
        return ""
    met = "met" if all(well for _, well in parts) else "MISSED"
    return f"≤ {', '.join(text for text, _ in parts)}: {met}"
