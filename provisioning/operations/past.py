"""The journals of hosts shown, and runs taken back: look, show, ask once, change, report."""

from __future__ import annotations

import json as json_format
import sys
import time
from dataclasses import asdict, dataclass, replace

from rich.console import Console
from rich.table import Table

from checks.report import HostReport
from checks.reports import plan_view
from checks.reports.progress import LiveProgress
from provisioning import engine, fleet, rollback
from provisioning.apply import apply
from provisioning.data_root import data_root
from provisioning.fleet import Done
from provisioning.history import HISTORY, PastRun, standing
from provisioning.operations.converging import ask, new_run
from provisioning.operations.naming import named
from provisioning.operations.reaching import runners
from provisioning.plan import Plan
from provisioning.probe import Facts
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.probes.daemon_flags import DAEMON_FLAGS
from provisioning.probes.engine import DAEMON
from provisioning.probes.login import LOGIN
from provisioning.runners.model import Runner
from provisioning.settings import Settings
from provisioning.tasks.targets import Targets

ALL = sys.maxsize
PROBES = (LOGIN, HISTORY, DAEMON, DAEMON_CONFIG, DAEMON_FLAGS)


@dataclass(frozen=True)
class Taking:
    """What of the past to take back, and whether to ask."""

    how_many: int
    yes: bool = False
    dry_run: bool = False
    purge_data: bool = False


@dataclass(frozen=True)
class _Taken:
    plan: Plan
    runs: tuple[str, ...]


def show_history(console: Console, targets: Targets, *, as_json: bool) -> list[HostReport]:
    with runners(targets) as opened:
        done = fleet.each(opened, lambda runner: _look(runner)[HISTORY])
    if as_json:
        told = {each.item.host: [asdict(run) for run in each.value or ()] for each in done}
        sys.stdout.write(json_format.dumps(told, indent=2) + "\n")
    for each in done:
        if each.value is not None and not as_json:
            console.print(_table(each.item.host, each.value))
    return named([HostReport(each.item.host, error=each.error) for each in done], targets.access)


def take_back(console: Console, targets: Targets, taking: Taking) -> list[HostReport]:
    """Take runs back on all hosts. Raises UsageError when nobody said yes."""
    with runners(targets) as opened:
        planned = fleet.each(opened, lambda runner: _plan(runner, taking))
        for each in planned:
            if each.value:
                plan_view.show(console, each.item.host, each.value.plan)
        if not taking.dry_run:
            ask(console, [each.value.plan for each in planned if each.value], yes=taking.yes)
            with LiveProgress(console) as progress:
                done = fleet.each(planned, lambda each: _apply(each, progress))
            return named(map(_report, done), targets.access)
    return named([HostReport(done.item.host, error=done.error) for done in planned], targets.access)


def _look(runner: Runner) -> Facts:
    facts = engine.gather(runner, PROBES)
    engine.require_root(facts, runner.host)
    return facts


def _plan(runner: Runner, taking: Taking) -> _Taken:
    facts = _look(runner)
    past: tuple[PastRun, ...] = facts[HISTORY]
    if taking.how_many == ALL and not standing(past):
        return _Taken(rollback.nothing_left(), ())
    plan, runs = rollback.take_back(runner.host, past, taking.how_many)
    running = facts[DAEMON].engine
    plan = rollback.naming_stops(plan, running.running if running and not running.live_restore else ())
    if taking.purge_data:
        plan = replace(plan, changes=(*plan.changes, rollback.purge_data(data_root(facts, runner.host))))
    return _Taken(plan, runs)


def _apply(done: Done[Runner, _Taken], progress: LiveProgress) -> HostReport:
    host = done.item.host
    if not done.value or not done.value.plan:
        return HostReport(host, error=done.error)
    run = replace(new_run(), takes_back=done.value.runs)
    warned = apply(done.item, done.value.plan, run, progress.watch(host), Settings().apt_timeout)
    return HostReport(host, changed=len(done.value.plan.changes), warnings=tuple(warned))


def _report(done: Done[Done[Runner, _Taken], HostReport]) -> HostReport:
    return done.value or HostReport(done.item.item.host, error=done.error)


def _table(host: str, runs: tuple[PastRun, ...]) -> Table:
    title = f"{host}: {len(runs)} run(s)" if runs else f"{host}: gpudock has done nothing here"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    if not runs:
        table.add_row("")  # rich draws no title over no rows
    for run in runs:
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(run.at))
        table.add_row(when, run.by, run.id, f"takes back {', '.join(run.takes_back)}" if run.takes_back else "")
        for change in run.changes:
            outcome = {0: "done", None: "did not end"}.get(change.code, f"failed ({change.code})")
            table.add_row("", outcome, change.sentence, "")
    return table
