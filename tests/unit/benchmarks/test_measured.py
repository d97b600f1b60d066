"""Medians, ranges and verdicts of the benchmark's table."""

from __future__ import annotations

import pytest

from benchmarks.measured import Goal, Row, Sample, cells, verdict

SAMPLES = (Sample(0.5, 40.2), Sample(0.9, 52.6), Sample(0.4, None))


def test_a_row_shows_the_median_with_its_range_and_the_largest_memory() -> None:
    row = Row("(a)", "gpudock", SAMPLES, 1, Goal(seconds=0.6, peak_mb=120, sessions=1))
    assert cells(row) == ("(a)", "gpudock", "0.50 (0.40–0.90)", "53", "1", "≤ 0.6 s, 120 MB, 1 session: met")


def test_what_was_not_measured_is_left_empty() -> None:
    row = Row("(d)", "ssh", (Sample(0.2, None),))
    assert cells(row) == ("(d)", "ssh", "0.20 (0.20–0.20)", "", "", "")


@pytest.mark.parametrize(
    ("goal", "sessions", "said"),
    [
        (Goal(seconds=0.5), None, "≤ 0.5 s: met"),
        (Goal(seconds=0.4), None, "≤ 0.4 s: MISSED"),
        (Goal(seconds=0.6, peak_mb=50), None, "≤ 0.6 s, 50 MB: MISSED"),
        (Goal(seconds=0.6, sessions=1), 2, "≤ 0.6 s, 1 session: MISSED"),
        (Goal(seconds=0.6, sessions=1), None, "≤ 0.6 s, 1 session: MISSED"),
    ],
)
def test_a_goal_is_met_only_whole(goal: Goal, sessions: int | None, said: str) -> None:
    """Red when one of several limits is enough, or when what nobody measured counts as good."""
    assert verdict(Row("(a)", "gpudock", SAMPLES, sessions, goal)) == said
