"""Mending in order: what is proposed, what is done, and where it stops."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from checks import graph
from checks.model import Check, Severity, Status, Verdict, failed, passed
from checks.remedy import BY_PROVISIONING, RESTART_DOCKER, Remedy, Risk, by_commands, by_hand
from checks.report import HostReport
from provisioning.operations.fixing import Hands, mend
from provisioning.operations.verifying import Looked
from provisioning.plan import Plan
from provisioning.probe import Facts

SYSCTL = by_commands(("sysctl", "-w", "net.ipv4.ip_forward=1"))
HOLD = by_commands(("apt-mark", "hold", "nvidia-driver"))
REBOOT = by_commands(("apt-get", "install", "-y", "nvidia-driver"), ("reboot",), risk=Risk.REBOOT)


class Bench:
    """A host whose faults go away when the commands of their remedies have run, unless they are stubborn."""

    def __init__(self, faults: dict[str, Remedy], stubborn: str = "", warns: str = "", answer: bool = True) -> None:
        self.faults, self.stubborn, self.warns, self.answer = dict(faults), stubborn, warns, answer
        self.said: list[str] = []
        self.asked: list[str] = []
        self.ran: list[str] = []
        self.logins: list[bool] = []

    def check(self, name: str) -> Check:
        severity = Severity.WARNING if name == self.warns else Severity.CRITICAL
        return Check(name, f"Claim of {name}", lambda _: self.verdict(name), severity)

    def verdict(self, name: str) -> Verdict:
        return failed("broken", cause="Cause.", remedy=self.faults[name]) if name in self.faults else passed("well")

    def look(self, new_login: bool) -> Looked:
        self.logins.append(new_login)
        checks = [*map(self.check, ("a", "b", "c")), Check("leaf", "leaf", lambda _: passed("x"), needs=("a",))]
        return Looked(Facts(), HostReport("gpu1", tuple(graph.judge(Facts(), checks))))

    def act(self, looked: Looked, plan: Plan) -> None:
        [change] = plan.changes
        self.ran += [str(command) for command in change.commands]
        name = change.sentence.split()[1].rstrip(":")
        if name != self.stubborn:
            del self.faults[name]

    def agree(self, question: str) -> bool:
        self.asked.append(question)
        return self.answer

    def go(self, allowed: Sequence[Risk] = tuple(Risk)) -> HostReport:
        return mend(Hands(self.look, self.said.append, self.agree, self.act), allowed)


def failing(report: HostReport) -> list[str]:
    return [each.check for each in report.findings if each.status in {Status.FAIL, Status.WARN}]


def test_safe_remedies_come_first_then_in_the_order_of_needs() -> None:
    bench = Bench({"a": RESTART_DOCKER, "b": SYSCTL, "c": HOLD}, warns="c")
    report = bench.go()
    assert bench.ran == ["sysctl -w net.ipv4.ip_forward=1", "systemctl restart docker", "apt-mark hold nvidia-driver"]
    assert bench.logins == [False, True, True, True]
    assert failing(report) == [] and report.changed == 3
    assert [question.strip() for question in bench.asked] == [
        "Do it? [y/N]",
        "Do it? It restarts Docker. [y/N]",
        "Do it? [y/N]",
    ]


def test_a_remedy_that_does_not_help_is_the_last() -> None:
    bench = Bench({"a": SYSCTL, "b": HOLD}, stubborn="a")
    assert failing(bench.go()) == ["a", "b"]
    assert bench.ran == ["sysctl -w net.ipv4.ip_forward=1"]
    assert "did not help: broken" in bench.said[-1]


def test_no_means_that_nothing_is_done_about_it() -> None:
    bench = Bench({"a": SYSCTL, "b": HOLD}, answer=False)
    assert failing(bench.go()) == ["a", "b"]
    assert bench.ran == [] and len(bench.asked) == 2


def test_yes_beforehand_is_for_what_is_safe_alone() -> None:
    bench = Bench({"a": RESTART_DOCKER, "b": SYSCTL})
    assert failing(bench.go(allowed=(Risk.SAFE,))) == ["a"]
    assert bench.ran == ["sysctl -w net.ipv4.ip_forward=1"]
    assert any("Left alone: it restarts Docker" in line for line in bench.said)


def test_where_provisioning_mends_it_stops_and_says_so() -> None:
    bench = Bench({"a": BY_PROVISIONING, "b": RESTART_DOCKER})
    bench.go()
    assert bench.ran == [] and "./gpudock provision HOST" in bench.said[-1]


def test_what_a_person_must_do_is_told_and_passed_over() -> None:
    bench = Bench({"a": by_hand("Reseat the card"), "b": SYSCTL})
    assert failing(bench.go()) == ["a"]
    assert bench.ran == ["sysctl -w net.ipv4.ip_forward=1"]
    assert any("Reseat the card" in line for line in bench.said)


def test_a_reboot_is_left_to_a_person() -> None:
    """Red when `reboot` goes to the host with the rest: the run would be cut off."""
    bench = Bench({"a": REBOOT})
    bench.go()
    assert bench.ran == ["apt-get install -y nvidia-driver"]
    assert "Now reboot it" in bench.said[-1]


def test_a_remedy_that_is_only_a_reboot_asks_nothing() -> None:
    bench = Bench({"a": by_commands(("reboot",), risk=Risk.REBOOT)})
    bench.go()
    assert (bench.ran, bench.asked) == ([], [])


@pytest.mark.parametrize("faults", [{}, {"leaf": SYSCTL}])
def test_nothing_to_mend(faults: dict[str, Remedy]) -> None:
    bench = Bench(faults)
    assert bench.go().changed == 0 and bench.said == []
