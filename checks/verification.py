"""Verify a host: judge its facts, and where the engine can be used start containers in one more trip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checks import catalog, graph
from checks.catalog.containers import deep_probes
from checks.model import Check, Finding, Status
from provisioning import probes, steps
from provisioning.discovery import declared
from provisioning.engine import gather
from provisioning.probe import Facts, Probe
from provisioning.runners.model import Elevation, Runner

NEEDED_FOR_CONTAINERS = ("dk.running", "dk.socket")


@dataclass(frozen=True)
class Verified:
    facts: Facts
    findings: tuple[Finding, ...]


def first_trip_probes() -> list[Probe[Any]]:
    """Return every probe that starts nothing on the host."""
    found = {probe.name: probe for package in (probes, steps, catalog) for probe in declared(package, Probe)}
    return [probe for probe in found.values() if not probe.starts_containers]


def verify(runner: Runner, facts: Facts, *, image: str = "", checks: Sequence[Check] | None = None) -> Verified:
    """Judge `facts`, and start containers as the login user. `image`: the CUDA image, '' to choose by the driver."""
    asked = graph.all_checks() if checks is None else checks
    if _engine_is_usable(graph.judge(facts, asked)):
        facts = facts.including(gather(runner, deep_probes(facts, image), Elevation.LOGIN_USER, new_login=True))
    return Verified(facts, tuple(graph.judge(facts, asked)))


def _engine_is_usable(findings: Sequence[Finding]) -> bool:
    needed = [finding for finding in findings if finding.check in NEEDED_FOR_CONTAINERS]
    return all(finding.status is Status.PASS for finding in needed)
