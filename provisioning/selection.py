"""Which packages at which versions a host shall have: the two vendors' sets, each of which moves together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioning import gpu
from provisioning.available import AVAILABLE
from provisioning.errors import UsageError
from provisioning.probe import Facts
from provisioning.probes.apt import DPKG_STATE
from provisioning.probes.machine import MACHINE
from provisioning.probes.packages import PACKAGES
from provisioning.settings import Settings
from provisioning.versions import choose, is_older, upstream

ENGINE = ("docker-ce", "docker-ce-cli")
DOCKER = (*ENGINE, "containerd.io", "docker-buildx-plugin", "docker-compose-plugin")
# apt cannot solve the exact-version dependencies when only the first is named (nvidia-container-toolkit#1100).
TOOLKIT = (
    "nvidia-container-toolkit",
    "nvidia-container-toolkit-base",
    "libnvidia-container-tools",
    "libnvidia-container1",
)


@dataclass(frozen=True)
class Vendor:
    title: str
    packages: tuple[str, ...]
    versioned: tuple[str, ...]
    """Those that carry the version that people name."""
    wanted: str
    option: str


@dataclass(frozen=True)
class Selected:
    name: str
    before: str = ""
    version: str = ""
    """'' for the newest."""


def vendors(facts: Facts, settings: Settings) -> list[Vendor]:
    docker = Vendor("Docker", DOCKER, _engine(facts), settings.docker_version, "--docker-version")
    toolkit = Vendor("the NVIDIA Container Toolkit", TOOLKIT, TOOLKIT, settings.toolkit_version, "--toolkit-version")
    return [docker, toolkit] if gpu.wanted(facts, settings) else [docker]


def _engine(facts: Facts) -> tuple[str, ...]:
    """The rootless extras carry the engine's version too, where somebody installed them."""
    return tuple(name for name in (*ENGINE, "docker-ce-rootless-extras") if name in ENGINE or name in facts[PACKAGES])


def needs_versions(facts: Facts, settings: Settings) -> bool:
    """Tell whether a version must be named to apt that is not there, so that the source must be asked what it has."""
    installed = facts[PACKAGES]
    return any(
        _is_mixed(vendor, installed) or (vendor.wanted and not _fits(vendor, installed))
        for vendor in vendors(facts, settings)
    )


def selected(facts: Facts, settings: Settings) -> list[Selected]:
    """Return what is to be installed, up- or downgraded. Raises UsageError for a version that does not exist."""
    found = [each for vendor in vendors(facts, settings) for each in _of_vendor(facts, settings, vendor)]
    if facts[MACHINE].needs_apparmor_parser and "apparmor" not in facts[PACKAGES]:
        found.append(Selected("apparmor"))
    return found


def to_reinstall(facts: Facts, settings: Settings) -> list[Selected]:
    """Return packages that are installed at the version they shall have, and have lost files of theirs."""
    installed, moved = facts[PACKAGES], {each.name for each in selected(facts, settings)}
    names = [name for vendor in vendors(facts, settings) for name in vendor.packages]
    lost = [name for name in names if name in facts[DPKG_STATE].gone and name in installed and name not in moved]
    return [Selected(name, installed[name], installed[name]) for name in lost]


def to_hold(facts: Facts, settings: Settings) -> list[str]:
    """Return the packages of pinned vendors that are not held."""
    pinned = [name for vendor in vendors(facts, settings) if vendor.wanted for name in vendor.packages]
    return [name for name in pinned if name not in facts[DPKG_STATE].held]


def _of_vendor(facts: Facts, settings: Settings, vendor: Vendor) -> Iterator[Selected]:
    installed = facts[PACKAGES]
    pinned = _pinned(facts, settings, vendor)
    for name in dict.fromkeys((*vendor.packages, *vendor.versioned)):
        version = pinned if name in vendor.versioned else ""
        if name not in installed or (version and installed[name] != version) or _is_mixed(vendor, installed):
            yield Selected(name, installed.get(name, ""), version)


def _pinned(facts: Facts, settings: Settings, vendor: Vendor) -> str:
    """Return the exact version to install, '' where none was asked for or what is there fits.

    Without one apt takes nothing down, whatever is allowed: a newer package of a CUDA repository would stay.
    """
    installed = facts[PACKAGES]
    if not vendor.wanted and _is_mixed(vendor, installed):
        return next(iter(facts[AVAILABLE].get(vendor.versioned[0], ())), "")
    if not vendor.wanted or _fits(vendor, installed):
        return installed.get(vendor.versioned[0], "") if vendor.wanted else ""
    chosen = choose(vendor.wanted, facts[AVAILABLE].get(vendor.versioned[0], []), vendor.option)
    present = installed.get(vendor.versioned[0], "")
    if present and is_older(chosen, present) and not settings.allow_downgrade:
        raise UsageError(
            f"{vendor.option} {vendor.wanted}: {present} is installed, and {chosen} is older.",
            "Add --allow-downgrade to go back to it.",
        )
    return chosen


def _fits(vendor: Vendor, installed: Mapping[str, str]) -> bool:
    parts = tuple(int(part) for part in vendor.wanted.split(".") if part)
    versions = {installed.get(name, "") for name in vendor.versioned}
    return len(versions) == 1 and "" not in versions and upstream(versions.pop())[: len(parts)] == parts


def _is_mixed(vendor: Vendor, installed: Mapping[str, str]) -> bool:
    """The toolkit's four packages work only at one version (nvidia-container-toolkit#1091)."""
    return vendor.packages == TOOLKIT and len({installed[name] for name in TOOLKIT if name in installed}) > 1
