"""`versions`: what can be asked for with --docker-version and --toolkit-version."""

from __future__ import annotations

from invoke.context import Context

from provisioning.settings import Settings
from provisioning.tasks.framing import host_task
from provisioning.tasks.targets import Targets
from provisioning.tasks.wanted import SOURCES


@host_task(options=(SOURCES,))
def versions(context: Context, targets: Targets, wanted: Settings) -> int:  # noqa: ARG001
    """Show which versions a host's package sources have; changes nothing."""
    from checks.report import worst_exit_code
    from provisioning.operations import showing
    from provisioning.operations import versions as operation

    console = showing.console()
    reports = operation.show_versions(console, targets, wanted)
    showing.show_reports(console, reports)
    return worst_exit_code(reports)
