"""Both vendors' packages, in one apt transaction."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning import gpu
from provisioning.command import Command, command
from provisioning.package_source import PackageSource
from provisioning.plan import Change, PackageChange
from provisioning.probe import Facts
from provisioning.probes.machine import MACHINE
from provisioning.probes.packages import APT_LISTS, PACKAGES
from provisioning.settings import Settings
from provisioning.step import Step
from provisioning.steps import docker_repository, nvidia_repository

DOCKER = ("docker-ce", "docker-ce-cli", "containerd.io", "docker-buildx-plugin", "docker-compose-plugin")
# apt cannot solve the exact-version dependencies when only the first is named (nvidia-container-toolkit#1100).
TOOLKIT = (
    "nvidia-container-toolkit",
    "nvidia-container-toolkit-base",
    "libnvidia-container-tools",
    "libnvidia-container1",
)


def missing(facts: Facts, settings: Settings) -> list[str]:
    wanted = [*DOCKER, *(TOOLKIT if gpu.wanted(facts, settings) else ())]
    if facts[MACHINE].needs_apparmor_parser:
        wanted.append("apparmor")
    return [name for name in wanted if name not in facts[PACKAGES]]


def changes(facts: Facts, settings: Settings) -> list[Change]:
    names = missing(facts, settings)
    if not names:
        return []
    return [
        Change(
            f"Install {_title(names)}",
            (*_refresh(facts, settings), command("gd_install", *names)),
            packages=tuple(PackageChange(name) for name in names),
            hint="Once apt's complaint is mended, run the same command again: it goes on from here.",
        )
    ]


def _title(names: list[str]) -> str:
    """Return `Docker` for all of Docker's packages, and the names where only some are missing."""
    groups = ((DOCKER, "Docker"), (TOOLKIT, "the NVIDIA Container Toolkit"))
    whole = [(group, title) for group, title in groups if set(group) <= set(names)]
    rest = [name for name in names if not any(name in group for group, _ in whole)]
    return " and ".join(filter(None, [*(title for _, title in whole), ", ".join(rest)]))


def _refresh(facts: Facts, settings: Settings) -> Iterator[Command]:
    sources = [docker_repository.source(facts, settings)]
    if gpu.wanted(facts, settings):
        sources.append(nvidia_repository.source(facts, settings))
    if not _has_distribution_lists(facts[APT_LISTS], sources):
        yield command("gd_update")
    yield from (command("gd_refresh", source.file, source.lists) for source in sources)


def _has_distribution_lists(lists: frozenset[str], sources: list[PackageSource]) -> bool:
    ours = tuple(source.lists for source in sources)
    return any("_Packages" in name and not name.startswith(ours) for name in lists)


STEP = Step("packages", changes, needs=("conflicts", "docker_repository", "nvidia_repository"))
