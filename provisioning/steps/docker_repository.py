"""Docker's package source (docker/docs, engine/install: deb822, one suite per release)."""

from __future__ import annotations

from provisioning import mirrors, package_source
from provisioning.package_source import PackageSource, kept_base
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.files import DOCKER_KEY, DOCKER_SOURCE
from provisioning.probes.machine import MACHINE
from provisioning.probes.operating_system import OPERATING_SYSTEM
from provisioning.settings import Settings
from provisioning.step import Step


def source(facts: Facts, settings: Settings) -> PackageSource:
    system = facts[OPERATING_SYSTEM]
    layout = f"/linux/{system.family}"
    kept = kept_base(facts, DOCKER_SOURCE, DOCKER_KEY, settings.docker_key, layout)
    return PackageSource(
        vendor="Docker",
        file=DOCKER_SOURCE,
        key_file=DOCKER_KEY,
        key=settings.docker_key,
        uri=f"{settings.docker_source or kept or mirrors.DOCKER}{layout}",
        suite=system.codename,
        components="stable",
        arch=facts[MACHINE].arch,
    )


def changes(facts: Facts, settings: Settings) -> list[Change]:
    return package_source.changes(facts, source(facts, settings))


STEP = Step("docker_repository", changes, needs=("foreign_sources",))
