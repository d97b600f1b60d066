"""Verify hosts together."""

from __future__ import annotations

from checks import verification
from checks.report import HostReport
from checks.summary import summary
from checks.verification import first_trip_probes
from provisioning import fleet
from provisioning.engine import gather
from provisioning.operations.converging import runners
from provisioning.runners.model import Runner
from provisioning.tasks.targets import Targets


def verify_hosts(targets: Targets, image: str) -> list[HostReport]:
    """Return a report for each host, or for this machine. `image`: the CUDA image, '' to choose by the driver."""

    def work(runner: Runner) -> HostReport:
        verified = verification.verify(runner, gather(runner, first_trip_probes()), image=image)
        return HostReport(runner.host, verified.findings, subtitle=summary(verified.facts))

    with runners(targets) as opened:
        done = fleet.each(opened, work)
    return [each.value or HostReport(each.item.host, error=each.error) for each in done]
