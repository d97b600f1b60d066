"""`facts`: what gpudock knows of a host, from one round trip."""

from __future__ import annotations

import sys
from pathlib import Path

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets


@host_task(
    help={
        "json": "print the facts as JSON, with the raw answers",
        "save": "FILE: save the facts, names and addresses masked; `plan --from FILE` plans from them",
    }
)
def facts(context: Context, targets: Targets, json: bool = False, save: str = "") -> int:  # noqa: ARG001
    """Show what gpudock reads of a host, in one round trip and changing nothing."""
    from checks.report import worst_exit_code
    from provisioning.operations import reading, showing

    console = showing.console()
    reports = reading.read_hosts(targets, sys.stdout if json else console, Path(save) if save else None)
    showing.show_reports(console, reports)
    return worst_exit_code(reports)
