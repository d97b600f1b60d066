"""Verify a host: judge its facts, and try in one more trip what they cannot tell: the network, and containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checks import catalog, graph
from checks.catalog.containers import deep_probes
from checks.catalog.registry_answers import network_probe
from checks.model import Check, Finding, Status
from provisioning import probes, steps
from provisioning.discovery import declared
from provisioning.engine import gather
from provisioning.probe import Facts, Probe, UnknownFact
from provisioning.probes.login import LOGIN
from provisioning.runners.model import Elevation, Runner

NEEDED_FOR_CONTAINERS = ("dk.running", "dk.socket")


@dataclass(frozen=True)
class Verified:
    facts: Facts
    findings: tuple[Finding, ...]


def first_trip_probes() -> list[Probe[Any]]:
    """Return every probe that starts nothing on the host and asks nobody beyond it."""
    found = {probe.name: probe for package in (probes, steps, catalog) for probe in declared(package, Probe)}
    return [probe for probe in found.values() if not probe.starts_containers]


def verify(runner: Runner, facts: Facts, *, image: str = "", checks: Sequence[Check] | None = None) -> Verified:
    """Judge `facts`, and try as the login user what they cannot tell. `image`: the CUDA image, '' to choose one."""
    asked = graph.all_checks() if checks is None else checks
    deep: list[Probe[Any]] = [network_probe(facts)]
    if _engine_is_usable(graph.judge(facts, asked)):
        deep += deep_probes(facts, image)
    # A new login on this machine itself takes root; who has none is judged in the session there is.
    facts = facts.including(gather(runner, deep, Elevation.LOGIN_USER, new_login=_is_privileged(facts)))
    return Verified(facts, tuple(graph.judge(facts, asked)))


def _is_privileged(facts: Facts) -> bool:
    try:
        return facts[LOGIN].privileged
    except UnknownFact:
        return False


def _engine_is_usable(findings: Sequence[Finding]) -> bool:
    needed = [finding for finding in findings if finding.check in NEEDED_FOR_CONTAINERS]
    return all(finding.status is Status.PASS for finding in needed)
