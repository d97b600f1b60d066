"""Plans of hosts, or of saved facts, shown as sentences or as the script that would run."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from checks.report import HostReport
from checks.reports import plan_view
from checks.summary import summary
from provisioning import fleet
from provisioning.errors import UsageError, plainly
from provisioning.input_file import read_input
from provisioning.journal import Run
from provisioning.operations.converging import prepare
from provisioning.operations.naming import named
from provisioning.operations.reaching import runners
from provisioning.plan import Plan
from provisioning.planner import plan
from provisioning.probe import Facts, from_json
from provisioning.script import compile_plan
from provisioning.settings import Settings
from provisioning.tasks.targets import Targets

SHOWN_RUN = Run("RUN", 0, "OPERATOR")
"""Stands in a printed script where the run's own name, time and operator will be."""


def show_plans(
    console: Console, targets: Targets, settings: Settings, saved: Path | None, *, script: bool
) -> list[HostReport]:
    """Print the plan of each host, or of the facts in `saved`. Raises UsageError."""
    if saved:
        if targets.hosts:
            raise UsageError("--from plans without the host, and a HOST is named too.", "Leave one of them out.")
        facts = load_facts(saved)
        _show(console, str(saved), plan(facts, settings, str(saved)), script=script)
        return []
    with runners(targets) as opened:
        looked = fleet.each(opened, lambda runner: prepare(console, runner, settings, root=False))
    for done in looked:
        if done.value:
            _show(console, done.item.host, done.value.plan, script=script)
    reports = [
        HostReport(done.item.host, error=done.error, subtitle=summary(done.value.facts) if done.value else "")
        for done in looked
    ]
    return named(reports, targets.access)


def load_facts(path: Path) -> Facts:
    try:
        text = read_input(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--from {path}: {plainly(error)}.", "Make one with: ./gpudock facts HOST --save FILE"
        ) from error
    return from_json(text, str(path))


def _show(console: Console, host: str, todo: Plan, *, script: bool) -> None:
    if script:
        sys.stdout.write(compile_plan(todo, SHOWN_RUN, "NONCE"))
    else:
        plan_view.show(console, host, todo)
