"""Which checks are judged and which are shown, by options."""

from __future__ import annotations

import pytest

from checks import graph
from checks.choosing import choose
from provisioning.errors import UsageError
from provisioning.probe import Facts
from tests.unit.checks.reported import CHECKS

WELL = {f"os.well{number}" for number in range(12)}
ENGINE = {"dk.running", "dk.socket"}
ALL = {check.id for check in CHECKS}


@pytest.mark.parametrize(
    ("only", "skip", "severity", "judged", "asked"),
    [
        ("", "", "", ALL, ALL),
        ("dk.socket", "", "", ENGINE, {"dk.socket"}),
        ("ctr.smoke", "", "", {"ctr.smoke", *ENGINE}, {"ctr.smoke"}),
        ("dk", "", "", ENGINE, ENGINE),
        ("os, drv.held", "", "", {*WELL, "drv.held"}, {*WELL, "drv.held"}),
        ("", "dk", "", ALL - ENGINE, ALL - ENGINE),
        ("ctr.smoke", "dk.running", "", {"ctr.smoke", "dk.socket"}, {"ctr.smoke"}),
        ("", "", "warning", {"drv.held"}, {"drv.held"}),
        ("drv", "", "critical", {"drv.fabric"}, {"drv.fabric"}),
    ],
)
def test_needs_are_judged_and_only_what_was_named_is_asked(
    only: str, skip: str, severity: str, judged: set[str], asked: set[str]
) -> None:
    choice = choose(CHECKS, only, skip, severity)
    assert {check.id for check in choice.judged} == judged
    assert {check.id for check in choice.listed} == choice.asked == asked


def test_a_need_shows_when_it_fails() -> None:
    choice = choose(CHECKS, only="ctr.smoke")
    assert [each.check for each in choice.shown(graph.judge(Facts(), choice.judged))] == ["dk.running", "ctr.smoke"]
    choice = choose(CHECKS, only="os.well1")
    assert [each.check for each in choice.shown(graph.judge(Facts(), choice.judged))] == ["os.well1"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"only": "dk.runing"}, "--only: there is no check 'dk.runing'.\nDid you mean dk.running?"),
        ({"skip": "drv.hold"}, "--skip: there is no check 'drv.hold'.\nDid you mean drv.held?"),
        ({"only": "zzz"}, "there is no check 'zzz'.\n./gpudock verify --list"),
        ({"severity": "bad"}, "--severity takes critical or warning"),
        ({"only": "drv.held", "severity": "critical"}, "No check is left"),
        ({"only": "dk", "skip": "dk"}, "No check is left"),
        ({"only": ","}, "No check is left"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        choose(CHECKS, **options)
    assert sentence in str(refused.value)
