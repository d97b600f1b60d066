"""What only some wishes need to know of a host's package sources: one more trip each, and no change to the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provisioning import gpu, mirrors, platform
from provisioning.available import AVAILABLE, available_probe
from provisioning.engine import gather
from provisioning.errors import ChangeFailed, UnsupportedHost
from provisioning.mirrors import fastest, mirror_probe
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.machine import MACHINE
from provisioning.probes.operating_system import OPERATING_SYSTEM
from provisioning.runners.model import Runner
from provisioning.selection import needs_versions, vendors
from provisioning.settings import Settings
from provisioning.steps import packages


def knowing_versions(runner: Runner, facts: Facts, settings: Settings) -> Facts:
    """Return `facts`, with what the vendors' sources have where a version was asked for that is not there yet."""
    if platform.obstacles(facts, settings) or not needs_versions(facts, settings):
        return facts
    return facts.including(_ask(runner, facts, settings))


def available(runner: Runner, facts: Facts, settings: Settings) -> Mapping[str, list[str]]:
    """Return package → versions, newest first, of the vendors' sources. Raises UnsupportedHost, ChangeFailed."""
    reasons = platform.obstacles(facts, settings)
    if reasons:
        raise UnsupportedHost(f"{runner.host}: " + "\n".join(reasons), "Nothing was changed.")
    return _ask(runner, facts, settings)[AVAILABLE]


def _ask(runner: Runner, facts: Facts, settings: Settings) -> Facts:
    names = [name for vendor in vendors(facts, settings) for name in vendor.packages]
    answer = gather(runner, [available_probe(packages.sources(facts, settings), names)])
    try:
        answer[AVAILABLE]
    except UnknownFact as unknown:
        raise ChangeFailed(
            f"{runner.host}: the package sources do not say which versions they have: {unknown.reason.rstrip('.')}.",
            "Nothing was changed. Check the host's network and apt's proxy, or name a mirror: --docker-source URL",
        ) from unknown
    return answer


def choosing_mirrors(runner: Runner, facts: Facts, settings: Settings) -> Settings:
    """Return `settings` with the sources that are fastest from this host. Raises ChangeFailed where none answers."""
    if not settings.probe_mirrors or platform.obstacles(facts, settings):
        return settings
    docker = _candidates(settings.docker_source, mirrors.DOCKER, mirrors.DOCKER_MIRRORS)
    toolkit = _candidates(settings.toolkit_source, mirrors.TOOLKIT, mirrors.TOOLKIT_MIRRORS)
    system, arch = facts[OPERATING_SYSTEM], facts[MACHINE].arch
    probes = [
        mirror_probe("docker_mirrors", docker, f"linux/{system.family}/dists/{system.codename}/InRelease"),
        mirror_probe("toolkit_mirrors", toolkit, f"stable/deb/{arch}/InRelease"),
    ]
    answer = gather(runner, probes)
    best_docker, best_toolkit = (fastest(measured) for measured in (answer[probes[0]], answer[probes[1]]))
    if not best_docker or (gpu.wanted(facts, settings) and not best_toolkit):
        raise ChangeFailed(
            f"{runner.host}: neither a vendor nor a mirror answers from there.",
            "Nothing was changed. Check the host's network and apt's proxy, or name a source: --docker-source URL",
        )
    chosen = best_toolkit.base if best_toolkit else settings.toolkit_source
    return replace(settings, docker_source=best_docker.base, toolkit_source=chosen)


def _candidates(named: str, vendor: str, presets: Mapping[str, str]) -> list[str]:
    return [base for base in (named, vendor, *presets.values()) if base]
