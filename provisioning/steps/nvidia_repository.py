"""NVIDIA's package source: one flat repository for every Debian and Ubuntu since toolkit 1.14."""

from __future__ import annotations

from provisioning import gpu, mirrors, package_source
from provisioning.package_source import PackageSource, kept_base
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.files import TOOLKIT_KEY, TOOLKIT_SOURCE
from provisioning.probes.machine import MACHINE
from provisioning.settings import Settings
from provisioning.step import Step


def source(facts: Facts, settings: Settings) -> PackageSource:
    arch = facts[MACHINE].arch
    layout = f"/stable/deb/{arch}"
    kept = kept_base(facts, TOOLKIT_SOURCE, TOOLKIT_KEY, settings.toolkit_key, layout)
    return PackageSource(
        vendor="NVIDIA",
        file=TOOLKIT_SOURCE,
        key_file=TOOLKIT_KEY,
        key=settings.toolkit_key,
        uri=f"{settings.toolkit_source or kept or mirrors.TOOLKIT}{layout}",
        suite="/",
        components="",
        arch=arch,
    )


def changes(facts: Facts, settings: Settings) -> list[Change]:
    return package_source.changes(facts, source(facts, settings)) if gpu.wanted(facts, settings) else []


STEP = Step("nvidia_repository", changes, needs=("foreign_sources",))
