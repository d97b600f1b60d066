"""NVIDIA GPUs on the bus and the driver that serves them."""

from __future__ import annotations

from checks.model import Check, Verdict, failed, not_applicable, passed
from checks.remedy import Remedy, Risk, by_commands
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS, GPUS_ON_BUS, KERNEL_DRIVER
from provisioning.probes.machine import MACHINE
from provisioning.probes.operating_system import OPERATING_SYSTEM

NO_GPU = "no NVIDIA GPU on the bus"


def judge_driver(facts: Facts) -> Verdict:
    on_bus = facts[GPUS_ON_BUS]
    if not on_bus:
        return not_applicable(NO_GPU)
    version, gpus = facts[KERNEL_DRIVER], facts[GPUS]
    if not version and not gpus.uuids:
        return failed(
            f"{len(on_bus)} GPU(s) on the bus, no driver loaded",
            cause=f"No NVIDIA driver serves the GPUs: {gpus.complaint}.",
            remedy=driver_remedy(facts),
        )
    if not gpus.uuids:
        return failed(
            gpus.complaint or "nvidia-smi lists no GPU",
            cause=f"The kernel module {version} is loaded, but nvidia-smi does not get through to a GPU.",
            remedy=by_commands(("reboot",), risk=Risk.REBOOT),
        )
    return passed(f"driver {version}, {len(gpus.uuids)} × {gpus.names[0]}, CUDA {'.'.join(map(str, gpus.cuda))}")


def driver_remedy(facts: Facts) -> Remedy:
    """Return what installs the distribution's own driver, which its kernel updates keep working."""
    if facts[OPERATING_SYSTEM].family == "ubuntu":
        return by_commands(
            ("apt-get", "update"),
            ("apt-get", "install", "-y", "ubuntu-drivers-common"),
            ("ubuntu-drivers", "install", "--gpgpu"),
            ("reboot",),
            risk=Risk.REBOOT,
        )
    arch = facts[MACHINE].arch
    flavour = f"cloud-{arch}" if "-cloud-" in facts[MACHINE].kernel else arch
    # Debian keeps the driver outside of main, and its firmware apart from 12 on (Debian wiki, NvidiaGraphicsDrivers).
    firmware = "" if facts[OPERATING_SYSTEM].codename == "bullseye" else " non-free-firmware"
    return by_commands(
        ("apt-get", "update"),
        ("apt-get", "install", "-y", f"linux-headers-{flavour}", "nvidia-driver"),
        ("reboot",),
        risk=Risk.REBOOT,
        words=f"Add `contrib non-free{firmware}` to the components of Debian's source in /etc/apt, then",
    )


DRIVER = Check("drv.answers", "The NVIDIA driver answers", judge_driver, gpu=True)
