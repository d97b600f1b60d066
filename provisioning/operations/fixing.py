"""Mend what verification found: one cause after the other, each only when somebody says yes, each proved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console

from checks.graph import root_causes_first
from checks.model import Finding, Status
from checks.remedy import Remedy, Risk
from checks.report import HostReport
from checks.reports.progress import LiveProgress
from provisioning import engine
from provisioning.apply import apply
from provisioning.command import Command
from provisioning.errors import GpudockError, UsageError
from provisioning.operations import showing
from provisioning.operations.asking import answer
from provisioning.operations.converging import new_run
from provisioning.operations.naming import named, typed
from provisioning.operations.reaching import runners
from provisioning.operations.verifying import Looked, Question, look
from provisioning.plan import Change, Plan
from provisioning.runners.model import Access, Runner
from provisioning.tasks.targets import Targets

_RISKS = tuple(Risk)
REBOOT = Command(("reboot",))


@dataclass(frozen=True)
class Hands:
    """What mending needs of the world: eyes, a voice, an answer, and something that acts as root."""

    look: Callable[[bool], Looked]
    """Looks at the host, on a new login or not."""
    say: Callable[[str], None]
    agree: Callable[[str], bool]
    act: Callable[[Looked, Plan], None]


def fix_hosts(targets: Targets, question: Question, *, yes: bool) -> list[HostReport]:
    """Mend one host after the other; return how each was left. `yes`: what is safe, without asking, and only that.

    Raises UsageError when there is nobody to ask.
    """
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            "Nothing was changed: there is no terminal to ask on.", "Add --yes for the remedies that are safe."
        )
    console = showing.console(stderr=True)  # the report has standard output to itself
    with runners(targets) as opened:
        return named(
            [_fix_host(console, runner, question, targets.access, yes=yes) for runner in opened], targets.access
        )


def _fix_host(console: Console, runner: Runner, question: Question, access: Access, *, yes: bool) -> HostReport:
    def act(looked: Looked, plan: Plan) -> None:
        engine.require_root(looked.facts, runner.host)
        with LiveProgress(console) as progress:
            apply(runner, plan, new_run(), progress.watch(runner.host))

    hands = Hands(
        look=lambda new_login: look(runner, question, new_login=new_login),
        say=lambda text: console.print(typed(text, runner.host, access), markup=False),
        agree=(lambda _: True) if yes else lambda text: answer(console, text) in {"y", "yes"},
        act=act,
    )
    try:
        return mend(hands, allowed=(Risk.SAFE,) if yes else _RISKS)
    except GpudockError as error:
        return HostReport(runner.host, error=error)


def mend(hands: Hands, allowed: Sequence[Risk] = _RISKS) -> HostReport:
    """Propose the remedies and apply those agreed to, until none is left or one did not help; return the last report.

    Only remedies of the `allowed` risks are applied. Raises what acting on the host raises.
    """
    looked = hands.look(False)  # noqa: FBT003 - what `look` says of it
    changed, done = 0, set[str]()
    while finding := next_to_mend(looked.report.findings, done):
        done.add(finding.check)
        hands.say(f"{looked.report.host}: {finding.check}: {finding.cause or finding.seen}\n  {finding.remedy}")
        if finding.remedy.provision:
            hands.say("  This is what provisioning mends: ./gpudock provision HOST")
            break
        if not _agreed(hands, finding.remedy, allowed):
            continue
        hands.act(looked, plan_of(finding))
        changed += 1
        if REBOOT in finding.remedy.commands:
            hands.say("  Now reboot it when that suits, then: ./gpudock verify HOST --wait 10m")
            break
        looked = hands.look(True)  # noqa: FBT003 - a new login
        if still := _found(looked, finding.check):
            hands.say(f"  This did not help: {still.seen}. Nothing more is tried.")
            break
        hands.say(f"  {finding.check} is mended.")
    return replace(looked.report, changed=changed)


def next_to_mend(findings: Sequence[Finding], done: set[str]) -> Finding | None:
    """Return the root cause to go at next: what is safe before what is not, then in the order of needs."""
    ill = [each for each in findings if each.status in {Status.FAIL, Status.WARN} and str(each.remedy)]
    left = [each for each in ill if each.check not in done]
    return min(left, key=lambda each: (each.status is Status.WARN, _RISKS.index(each.remedy.risk)), default=None)


def plan_of(finding: Finding) -> Plan:
    """Return what mends it as a plan for the host; a reboot is left to a person, who knows when."""
    commands = tuple(command for command in finding.remedy.commands if command != REBOOT)
    return Plan((Change(f"Mend {finding.check}: {finding.claim}", commands),))


def _agreed(hands: Hands, remedy: Remedy, allowed: Sequence[Risk]) -> bool:
    if not any(command != REBOOT for command in remedy.commands):
        hands.say("  This is for a person to do.")
        return False
    if remedy.risk not in allowed:
        hands.say(f"  Left alone: it {remedy.risk.value}. Without --yes you are asked.")
        return False
    risk = "" if remedy.risk is Risk.SAFE else f" It {remedy.risk.value}."
    return hands.agree(f"  Do it?{risk} [y/N] ")


def _found(looked: Looked, check: str) -> Finding | None:
    broken = {each.check: each for each in root_causes_first(looked.report.findings) if each.status in _BROKEN}
    return broken.get(check)


_BROKEN = {Status.FAIL, Status.WARN, Status.BLOCKED}
