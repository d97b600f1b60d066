"""`history`, `rollback`, `uninstall`: what gpudock did to a host, and how to take it back."""

from __future__ import annotations

from invoke.context import Context

from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets

_ASKING = {"yes": "do not ask before changing anything", "dry_run": "show the plan and change nothing"}


@host_task(help={"json": "print the journal as JSON"})
def history(context: Context, targets: Targets, json: bool = False) -> int:  # noqa: ARG001
    """Show what gpudock has done to a host, when, and for whom."""
    from checks.report import worst_exit_code
    from provisioning.operations import past, showing

    console = showing.console()
    reports = past.show_history(console, targets, as_json=json)
    showing.show_reports(console, reports)
    return worst_exit_code(reports)


@host_task(help={**_ASKING, "runs": "N: how many runs to take back, newest first"})
def rollback(context: Context, targets: Targets, runs: int = 1, yes: bool = False, dry_run: bool = False) -> int:  # noqa: ARG001
    """Take back what the last run did to a host: files, packages, holds, groups, services."""
    from checks.report import worst_exit_code
    from provisioning.operations import past, showing

    console = showing.console()
    reports = past.take_back(console, targets, past.Taking(runs, yes, dry_run))
    showing.show_reports(console, reports)
    return worst_exit_code(reports)


@host_task(help={**_ASKING, "purge_data": "delete all images, containers and volumes too"})
def uninstall(
    context: Context,  # noqa: ARG001
    targets: Targets,
    purge_data: bool = False,
    yes: bool = False,
    dry_run: bool = False,
) -> int:
    """Take back all that gpudock ever did to a host; images and volumes stay unless told otherwise."""
    from checks.report import worst_exit_code
    from provisioning.operations import past, showing

    console = showing.console()
    reports = past.take_back(console, targets, past.Taking(past.ALL, yes, dry_run, purge_data))
    showing.show_reports(console, reports)
    return worst_exit_code(reports)
