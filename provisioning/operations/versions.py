"""Which versions the package sources of hosts have, beside those that are installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from checks.report import HostReport
from checks.verification import first_trip_probes
from provisioning import fleet, lookups
from provisioning.engine import gather
from provisioning.operations.naming import named
from provisioning.operations.reaching import runners
from provisioning.probes.packages import PACKAGES
from provisioning.runners.model import Runner
from provisioning.settings import Settings
from provisioning.tasks.targets import Targets

SHOWN = {"docker-ce": "Docker", "nvidia-container-toolkit": "NVIDIA Container Toolkit"}


@dataclass(frozen=True)
class _Offer:
    available: Mapping[str, list[str]]
    installed: Mapping[str, str]


def show_versions(console: Console, targets: Targets, settings: Settings) -> list[HostReport]:
    """Print what can be asked for with --docker-version and --toolkit-version on each host."""

    def work(runner: Runner) -> _Offer:
        facts = gather(runner, first_trip_probes())
        chosen = lookups.choosing_mirrors(runner, facts, settings)
        return _Offer(lookups.available(runner, facts, chosen), facts[PACKAGES])

    with runners(targets) as opened:
        done = fleet.each(opened, work)
    for each in done:
        if each.value:
            _show(console, each.item.host, each.value)
    return named([HostReport(each.item.host, error=each.error) for each in done], targets.access)


def _show(console: Console, host: str, offer: _Offer) -> None:
    console.print(Text(host, style="bold"))
    for package, title in SHOWN.items():
        if package in offer.available:
            console.print(Text(f"  {title}", style="cyan"))
            for version in offer.available[package]:
                mark = "  installed" if version == offer.installed.get(package) else ""
                console.print(Text.assemble(f"    {version}", (mark, "green")))
