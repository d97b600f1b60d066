"""From facts to a plan: refuse what cannot work, then ask every step in the order of their needs."""

from __future__ import annotations

from graphlib import TopologicalSorter

from provisioning import apt_pins, platform, steps
from provisioning.discovery import declared
from provisioning.errors import UnsupportedHost, UsageError
from provisioning.plan import Plan
from provisioning.probe import Facts, UnknownFact
from provisioning.settings import Settings
from provisioning.step import Step


def plan(facts: Facts, settings: Settings, host: str) -> Plan:
    """Return what is left to do. Raises UnsupportedHost when nothing must be touched, with every reason."""
    try:
        obstacles = platform.obstacles(facts, settings) or list(apt_pins.obstacles(facts, settings))
        if obstacles:
            raise UnsupportedHost(f"{host}: " + "\n".join(obstacles), "Nothing was changed.")
        changes = [change for step in ordered() for change in step.changes(facts, settings)]
    except UsageError as error:
        raise UsageError(f"{host}: {error.message}", error.hint) from error
    except UnknownFact as unknown:
        raise UnsupportedHost(
            f"{host}: cannot plan without knowing {unknown.probe}: {unknown.reason}.",
            "Nothing was changed. What is wrong there: ./gpudock verify HOST",
        ) from unknown
    return Plan(tuple(changes), tuple(platform.notices(facts)))


def ordered() -> list[Step]:
    """Return the steps that stand in provisioning/steps, each after those it needs."""
    found = {step.name: step for step in declared(steps, Step)}
    graph = {name: sorted(step.needs) for name, step in sorted(found.items())}
    order: TopologicalSorter[str] = TopologicalSorter(graph)
    return [found[name] for name in order.static_order()]
