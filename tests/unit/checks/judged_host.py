"""A healthy host with its containers, judged by the whole catalogue."""

from __future__ import annotations

from checks import graph
from checks.model import Finding
from provisioning.probe import Facts
from tests.unit.described.containers import DEEP as CONTAINERS
from tests.unit.described.registry import DEEP as NETWORK
from tests.unit.described_host import READY, facts

DEEP = {**NETWORK, **CONTAINERS}


def findings(told: Facts) -> dict[str, Finding]:
    return {finding.check: finding for finding in graph.judge(told, graph.all_checks())}


def statuses(told: Facts) -> dict[str, str]:
    return {name: finding.status.value for name, finding in findings(told).items()}


HEALTHY = facts({**READY, **DEEP})
