"""What the lab hands out: a disposable host, and where its package sources and registry are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Host:
    """A disposable host; `name` is its alias in the lab's ssh_config, `gpu` the name of its profile."""

    name: str
    address: str
    release: str
    gpu: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What provisioning is told instead of the vendors' own addresses and keys.

    `docker_source` is what stands before `/linux/debian`, `toolkit_source` what stands before `/stable/deb`.
    """

    docker_source: str
    docker_key: Path
    toolkit_source: str
    toolkit_key: Path
    registry_mirror: str
