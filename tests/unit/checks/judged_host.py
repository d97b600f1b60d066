"""A healthy host with its containers, judged by the whole catalogue."""

from __future__ import annotations

from checks import graph
from checks.model import Finding
from provisioning.probe import Facts
from tests.unit.described.registry import DEEP as NETWORK
from tests.unit.described_host import READY, UUID, facts

IMAGE = "nvidia/cuda:12.4.1-base-ubuntu22.04"
DEEP = {
    **NETWORK,
    "hello_world": "run 0 hello-world\n\nHello from Docker!\nThis message shows\n",
    "cuda_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: {UUID})\n",
}


def findings(told: Facts) -> dict[str, Finding]:
    return {finding.check: finding for finding in graph.judge(told, graph.all_checks())}


def statuses(told: Facts) -> dict[str, str]:
    return {name: finding.status.value for name, finding in findings(told).items()}


HEALTHY = facts({**READY, **DEEP})
