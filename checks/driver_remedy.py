"""What installs a driver, as the distribution does it: its own packages survive updates of its kernel."""

from __future__ import annotations

from checks.remedy import Remedy, Risk, by_commands, by_hand
from provisioning.probe import Facts
from provisioning.probes.machine import MACHINE
from provisioning.probes.operating_system import OPERATING_SYSTEM
from provisioning.probes.packages import PACKAGES


def driver_remedy(facts: Facts) -> Remedy:
    """Return what installs the distribution's own driver."""
    if facts[OPERATING_SYSTEM].family == "ubuntu":
        return by_commands(
            ("apt-get", "update"),
            ("apt-get", "install", "-y", "ubuntu-drivers-common"),
            ("ubuntu-drivers", "install", "--gpgpu"),
            ("reboot",),
            risk=Risk.REBOOT,
        )
    return _debian(facts, "nvidia-driver")


def open_driver_remedy(facts: Facts) -> Remedy:
    """Return what puts the open kernel modules in the place of the others."""
    if facts[OPERATING_SYSTEM].family != "ubuntu":
        return _debian(facts, "nvidia-open-kernel-dkms", "nvidia-driver")
    drivers = sorted(name for name in facts[PACKAGES] if name.startswith("nvidia-driver-"))
    if not drivers:
        return by_hand("Install nvidia-driver-NNN-open of a branch that knows the GPU, then reboot")
    return by_commands(
        ("apt-get", "purge", "-y", drivers[-1]),
        ("apt-get", "install", "-y", f"{drivers[-1].removesuffix('-open')}-open"),
        ("reboot",),
        risk=Risk.REBOOT,
    )


def module_remedy(facts: Facts) -> Remedy:
    """Return what builds the module for the running kernel."""
    return by_commands(
        ("apt-get", "install", "-y", f"linux-headers-{facts[MACHINE].kernel}"),
        ("dkms", "autoinstall"),
        ("modprobe", "nvidia"),
    )


def _debian(facts: Facts, *packages: str) -> Remedy:
    arch = facts[MACHINE].arch
    flavour = f"cloud-{arch}" if "-cloud-" in facts[MACHINE].kernel else arch
    # Debian keeps the driver outside of main, and its firmware apart from 12 on (Debian wiki, NvidiaGraphicsDrivers).
    firmware = "" if facts[OPERATING_SYSTEM].codename == "bullseye" else " non-free-firmware"
    return by_commands(
        ("apt-get", "update"),
        ("apt-get", "install", "-y", f"linux-headers-{flavour}", *packages),
        ("reboot",),
        risk=Risk.REBOOT,
        words=f"Add `contrib non-free{firmware}` to the components of Debian's source in /etc/apt, then",
    )
