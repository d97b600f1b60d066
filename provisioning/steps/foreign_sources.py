"""Other files' entries for the two vendors' repositories: two that disagree on the key make every apt command fail."""

from __future__ import annotations

from collections.abc import Callable

from provisioning import apt_sources, gpu
from provisioning.command import hide_users, restore_file, write_file
from provisioning.plan import Change, FileDiff
from provisioning.probe import Facts
from provisioning.probes.apt import APT_SOURCES
from provisioning.probes.files import DOCKER_SOURCE, TOOLKIT_SOURCE, File
from provisioning.settings import Settings
from provisioning.step import Step
from provisioning.steps import docker_repository, nvidia_repository

OURS = (DOCKER_SOURCE, TOOLKIT_SOURCE)


def changes(facts: Facts, settings: Settings) -> list[Change]:
    unwanted = unwanted_uri(facts, settings)
    found = [file for path, file in sorted(facts[APT_SOURCES].items()) if path not in OURS]
    return [change for file in found for change in _switched_off(file, unwanted)]


def unwanted_uri(facts: Facts, settings: Settings) -> Callable[[str], bool]:
    """Return what tells a vendor's repository, whoever mirrors it. NVIDIA's only where we bring our own entry."""
    with_toolkit = gpu.wanted(facts, settings)
    ours = [docker_repository.source(facts, settings).uri]
    if with_toolkit:
        ours.append(nvidia_repository.source(facts, settings).uri)

    def unwanted(uri: str) -> bool:
        return uri.rstrip("/") in ours or apt_sources.is_docker(uri) or (with_toolkit and apt_sources.is_toolkit(uri))

    return unwanted


def _switched_off(file: File, unwanted: Callable[[str], bool]) -> list[Change]:
    left = apt_sources.without(file.path, file.text, unwanted)
    if left == file.text:
        return []
    return [
        Change(
            f"Switch off the vendors' entries in {file.path}: gpudock's own files take their place",
            (write_file(file.path, left, file.seen),),
            undo=(restore_file(file.path),),
            diff=FileDiff(file.path, hide_users(file.text), hide_users(left)),
        )
    ]


STEP = Step("foreign_sources", changes)
