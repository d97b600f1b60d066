"""Where a CUDA repository offers the toolkit's packages too, apt takes them from the toolkit's own source alone."""

from __future__ import annotations

from urllib.parse import urlsplit

from provisioning import gpu
from provisioning.apt_sources import uris
from provisioning.command import restore_file, write_file
from provisioning.plan import Change, FileDiff
from provisioning.probe import Facts
from provisioning.probes.apt import APT_SOURCES
from provisioning.probes.files import SOURCES, TOOLKIT_PIN
from provisioning.settings import Settings
from provisioning.step import Step
from provisioning.steps import nvidia_repository

# Above the 500 of any other source, so that its version counts even where a CUDA repository has a higher one
# (nvidia-docker#1722), and below 1000, so that nothing installed is ever downgraded by it.
PRIORITY = 600


def changes(facts: Facts, settings: Settings) -> list[Change]:
    file = facts[SOURCES][TOOLKIT_PIN]
    if not gpu.wanted(facts, settings) or not _cuda_source(facts):
        return []
    host = urlsplit(nvidia_repository.source(facts, settings).uri).hostname
    packages = "nvidia-container-toolkit* libnvidia-container*"
    pin = f'Package: {packages}\nPin: origin "{host}"\nPin-Priority: {PRIORITY}\n'
    if file.text == pin:
        return []
    return [
        Change(
            f"Take the toolkit's packages from {host} alone: the CUDA repository offers them too",
            (write_file(file.path, pin, file.seen),),
            undo=(restore_file(file.path),),
            diff=FileDiff(file.path, file.text, pin),
        )
    ]


def _cuda_source(facts: Facts) -> bool:
    found = (uri for path, file in facts[APT_SOURCES].items() for uri in uris(path, file.text))
    return any("/compute/cuda/repos/" in uri for uri in found)


STEP = Step("toolkit_origin", changes, needs=("nvidia_repository",))
