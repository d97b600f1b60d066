"""Provision hosts together: look, plan, ask once, change, prove, report. The order of it; decisions are elsewhere."""

from __future__ import annotations

import getpass
import platform
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from checks import graph
from checks.model import critical
from checks.report import HostReport, worst_exit_code
from checks.reports import plan_view
from checks.reports.progress import LiveProgress
from checks.summary import summary
from checks.verification import first_trip_probes, verify
from provisioning import engine, fleet, lookups
from provisioning.apply import apply, follow, locked_by
from provisioning.engine import Patience
from provisioning.errors import GpudockError, UsageError
from provisioning.fleet import Done
from provisioning.journal import Run
from provisioning.operations.asking import answer
from provisioning.plan import Plan
from provisioning.planner import plan
from provisioning.probe import Facts
from provisioning.probes.current_run import CurrentRun
from provisioning.runners.model import Runner
from provisioning.settings import Settings


@dataclass(frozen=True)
class Wishes:
    """How the person wants the job done; what is wanted of the host stands in Settings."""

    yes: bool = False
    dry_run: bool = False
    verify: bool = False
    """Start containers even where nothing was changed."""
    cuda_image: str = ""
    """The image to prove the GPU with; '' chooses by the driver's CUDA version."""


@dataclass(frozen=True)
class Prepared:
    runner: Runner
    settings: Settings
    """As they are for this host, its mirrors chosen."""
    facts: Facts
    plan: Plan
    followed: bool = False
    """An earlier run was alive, and was followed to its end."""


def provision(console: Console, hosts: Sequence[Runner], settings: Settings, wishes: Wishes) -> list[HostReport]:
    """Do the whole job on all hosts and return a report for each. Raises UsageError when nobody said yes."""
    looked = fleet.each(hosts, lambda runner: prepare(console, runner, settings, root=not wishes.dry_run))
    for done in looked:
        if done.value:
            plan_view.show(console, done.item.host, done.value.plan)
    if wishes.dry_run:
        return [_planned(done) for done in looked]
    ask(console, [done.value.plan for done in looked if done.value], yes=wishes.yes)
    with LiveProgress(console) as progress:
        return fleet_reports(looked, wishes, progress)


def prepare(console: Console, runner: Runner, settings: Settings, *, root: bool) -> Prepared:
    """Gather at rest and plan. A run of this operator that is alive is followed first; another's raises Locked."""
    followed = []

    def meet(current: CurrentRun) -> None:
        if not root or current.operator != operator():
            raise locked_by(runner.host, current)
        console.print(f"{runner.host}: following the run that was begun at {current.since}", markup=False)
        with LiveProgress(console) as progress:
            follow(runner, current, progress.watch(runner.host))
        followed.append(current)

    patience = Patience(time.sleep, time.monotonic, lambda text: console.print(text, markup=False), meet)
    facts = engine.gather_at_rest(runner, first_trip_probes(), settings, patience)
    if root:
        engine.require_root(facts, runner.host)
    settings = lookups.choosing_mirrors(runner, facts, settings)
    facts = lookups.knowing_versions(runner, facts, settings)
    return Prepared(runner, settings, facts, plan(facts, settings, runner.host), bool(followed))


def fleet_reports(looked: Sequence[Done[Runner, Prepared]], wishes: Wishes, progress: LiveProgress) -> list[HostReport]:
    def finish(done: Done[Runner, Prepared]) -> HostReport:
        if done.error or not done.value:
            return HostReport(done.item.host, error=done.error)
        try:
            return _converge(done.value, wishes, progress)
        except GpudockError as error:
            return HostReport(done.item.host, error=error, subtitle=summary(done.value.facts))

    return [done.value for done in fleet.each(looked, finish) if done.value]


def _converge(host: Prepared, wishes: Wishes, progress: LiveProgress) -> HostReport:
    runner, facts, settings = host.runner, host.facts, host.settings
    warned: list[str] = []
    if host.plan:
        warned = apply(runner, host.plan, new_run(), progress.watch(runner.host), settings.apt_timeout)
        facts = engine.prove(runner, first_trip_probes(), settings)
    checks = [check for check in graph.all_checks() if settings.gpu != "no" or not check.gpu]
    if host.plan or host.followed or wishes.verify:
        findings = verify(runner, facts, image=wishes.cuda_image, checks=checks).findings
    else:
        findings = tuple(graph.judge(facts, checks))
    return HostReport(
        runner.host, findings, changed=len(host.plan.changes), subtitle=summary(facts), warnings=tuple(warned)
    )


def _planned(done: Done[Runner, Prepared]) -> HostReport:
    facts = done.value.facts if done.value else Facts()
    return HostReport(done.item.host, error=done.error, subtitle=summary(facts))


def ask(console: Console, plans: Sequence[Plan], *, yes: bool) -> None:
    """Ask once for all plans. Raises UsageError where the answer is no, or there is nobody to ask."""
    if yes or not any(plans):
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "Nothing was changed: there is no terminal to ask on.", "Add --yes to go on without being asked."
        )
    if answer(console) not in {"y", "yes"}:
        raise UsageError("Nothing was changed.", "Answer y to go on.")


def new_run() -> Run:
    now = time.time()
    name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{secrets.token_hex(4)}"
    return Run(name, int(now), operator())


def operator() -> str:
    """Return who runs gpudock: what the host's journal and a second operator are told."""
    return f"{getpass.getuser()}@{platform.node()}"


def provision_exit_code(reports: Sequence[HostReport]) -> int:
    """Return the worst of errors and critical findings: a warning, or a doubt about one, does not spoil the job."""
    kept = [HostReport(r.host, tuple(critical(r.findings)), r.error) for r in reports]
    return worst_exit_code(kept)
