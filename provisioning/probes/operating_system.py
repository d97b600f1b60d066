"""Which distribution this is, and which vendor repository serves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import distro

from provisioning.probe import Probe


@dataclass(frozen=True)
class OperatingSystem:
    """os-release, with the parent that a derivative names: Mint 22 has family ubuntu, codename noble."""

    name: str
    family: str
    """`ubuntu`, `debian`, or '' for anything that descends from neither."""
    codename: str
    """The parent's: `noble`, `trixie`."""


@lru_cache(maxsize=64)  # hosts have this in common, and distro reads files alone
def parse(text: str) -> OperatingSystem:
    # With a file alone `distro` fills gaps from the machine it runs on; a root directory keeps it on the host's text.
    with TemporaryDirectory() as root:
        etc = Path(root, "etc")
        etc.mkdir()
        etc.joinpath("os-release").write_text(text, encoding="utf-8", errors="surrogateescape")
        system = distro.LinuxDistribution(root_dir=root)
        release, identity, codename = system.os_release_info(), system.id(), system.codename()
        name = system.name(pretty=True)
    if not identity:
        raise ValueError("os-release has no ID")
    if identity in {"ubuntu", "debian"}:
        return OperatingSystem(name, identity, codename)
    parents = release.get("id_like", "").split()
    for family, key in (("ubuntu", "ubuntu_codename"), ("debian", "debian_codename")):
        if release.get(key) and (family in parents or "debian" in parents):
            return OperatingSystem(name, family, release[key])
    return OperatingSystem(name, "", "")


OPERATING_SYSTEM = Probe("operating_system", "cat /etc/os-release", parse)
