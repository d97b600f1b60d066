"""What the driver needs to go on working: after the next reboot, the next upgrade, the next container."""

from __future__ import annotations

from collections.abc import Iterable

from debian.debian_support import NativeVersion

from checks.applicability import with_gpu, with_gpu_and_kernel
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed
from checks.remedy import Remedy, Risk, by_commands
from provisioning.probe import Facts
from provisioning.probes.apt import DPKG_STATE
from provisioning.probes.driver import GPUS, KERNEL_DRIVER
from provisioning.probes.driver_setup import DRIVER_SETUP, DriverSetup
from provisioning.probes.machine import MACHINE
from provisioning.probes.packages import PACKAGES
from provisioning.probes.pci import PCI_BUS
from provisioning.versions import is_older, upstream

MOVES_WITH_THE_DRIVER = ("nvidia-driver", "nvidia-kernel", "nvidia-dkms", "nvidia-utils", "nvidia-compute-utils",
                         "libnvidia-compute", "libnvidia-ml", "nvidia-open")  # fmt: skip
RUNC_THAT_NEEDS_NO_LINKS = "1.1.7"
CONTAINERD_WITH_IT = "1.6.21"
"""From here on Docker's containerd.io brings runc 1.1.7, which allows devices without a link (runc#3708)."""


@with_gpu_and_kernel
def judge_latent(facts: Facts) -> Verdict:
    loaded, setup = facts[KERNEL_DRIVER], facts[DRIVER_SETUP]
    if setup.module and setup.module.version and setup.module.version != loaded:
        return failed(
            f"{loaded} is loaded, {setup.module.version} is on the disk",
            cause="The driver was upgraded under running containers: those started from now on will fail.",
            remedy=by_commands(("reboot",), risk=Risk.REBOOT, words="Plan a reboot"),
        )
    without = _next_kernel_without_module(setup, facts[MACHINE].kernel)
    if without:
        return failed(
            f"no nvidia module for {without}, which boots next",
            cause="A newer kernel is installed, without a module of the driver and without the headers to build it.",
            remedy=by_commands(("apt-get", "install", "-y", f"linux-headers-{without}"), ("dkms", "autoinstall")),
        )
    return passed(f"{loaded} is on the disk too" if setup.module else f"{loaded} is loaded")


def _next_kernel_without_module(setup: DriverSetup, running: str) -> str:
    newest = max(setup.kernels, key=NativeVersion, default=running)
    known = newest in setup.modules_for or newest in setup.headers
    return "" if newest == running or known or not is_older(running, newest) else newest


@with_gpu
def judge_held(facts: Facts) -> Verdict:
    setup, held = facts[DRIVER_SETUP], facts[DPKG_STATE].held
    packages = [name for name in facts[PACKAGES] if name.startswith(MOVES_WITH_THE_DRIVER)]
    loose = [name for name in packages if name not in held]
    if not packages:
        return not_applicable("the driver is not from a package")
    if setup.upgrades and not setup.spared and loose:
        return failed(
            f"unattended-upgrades may replace {', '.join(loose[:3])}{' …' if len(loose) > 3 else ''}",
            cause="An upgrade at night leaves module and libraries at different versions until the next reboot.",
            remedy=_hold(loose),
        )
    return passed("held" if not loose else "nothing upgrades it unasked")


def _hold(packages: Iterable[str]) -> Remedy:
    return by_commands(("apt-mark", "hold", *packages))


@with_gpu
def judge_persistence(facts: Facts) -> Verdict:
    unit = facts[DRIVER_SETUP].units.get("nvidia-persistenced")
    without = [gpu.bus for gpu in facts[GPUS].gpus if gpu.persistence == "Disabled"]
    if not without:
        return passed("persistence mode is on")
    if unit == "active":
        return passed("nvidia-persistenced runs")
    on = ("systemctl", "enable", "--now", "nvidia-persistenced") if unit else ("nvidia-smi", "--persistence-mode=1")
    return failed(
        f"persistence mode is off on {', '.join(without)}",
        cause="An idle driver forgets the GPU: the next container waits for it, and settings are lost.",
        remedy=by_commands(on),
    )


@with_gpu
def judge_fabric(facts: Facts) -> Verdict:
    gpus, setup = facts[GPUS].gpus, facts[DRIVER_SETUP]
    states = {gpu.fabric for gpu in gpus} - {""}
    switches, unit = facts[PCI_BUS].switches, setup.units.get("nvidia-fabricmanager")
    if not switches and not states:
        return not_applicable("no NVSwitch")
    version = next((v for name, v in facts[PACKAGES].items() if name.startswith("nvidia-fabricmanager")), "")
    if switches and unit != "active":
        return failed(
            f"{len(switches)} NVSwitch(es), nvidia-fabricmanager is {unit or 'not installed'}",
            cause="Without the fabric manager CUDA does not start: error 802, system not yet initialized.",
            remedy=_fabric_manager(facts[KERNEL_DRIVER], install=unit is None),
        )
    if switches and version and ".".join(map(str, upstream(version))) != _plain(facts[KERNEL_DRIVER]):
        return failed(
            f"fabric manager {version}, driver {facts[KERNEL_DRIVER]}",
            cause="The fabric manager works only with the driver of its own version.",
            remedy=_fabric_manager(facts[KERNEL_DRIVER], install=True),
        )
    waiting = states - {"Completed"}
    failures = {gpu.fabric_status for gpu in gpus} - {"", "Success"}
    if waiting or failures:
        return failed(
            f"the GPUs' registration with the fabric: {', '.join(sorted(waiting | failures))}",
            cause="The GPUs are not registered with the NVSwitch fabric: CUDA does not start on them (error 802).",
            remedy=by_commands(("systemctl", "restart", "nvidia-fabricmanager"), risk=Risk.ENDS_GPU_JOBS),
        )
    return passed(f"{len(switches)} NVSwitch(es), fabric manager {version or unit or 'on the machine below'}")


def _plain(version: str) -> str:
    """Write 535.247.01 as numbers are written: Debian's versions are compared by number."""
    return ".".join(str(int(part)) for part in version.split("."))


def _fabric_manager(driver: str, *, install: bool) -> Remedy:
    enable = ("systemctl", "enable", "--now", "nvidia-fabricmanager")
    get = ("apt-get", "install", "-y", f"nvidia-fabricmanager-{driver.split('.', maxsplit=1)[0]}={driver}*")
    return by_commands(*((get,) if install else ()), enable, risk=Risk.ENDS_GPU_JOBS)


@with_gpu
def judge_links(facts: Facts) -> Verdict:
    if facts[DRIVER_SETUP].char_links:
        return passed("/dev/char leads to the GPUs")
    installed = facts[PACKAGES]
    needed = {"containerd.io": CONTAINERD_WITH_IT, "runc": RUNC_THAT_NEEDS_NO_LINKS}
    old = [f"{n} {installed[n]}" for n, least in needed.items() if n in installed and is_older(installed[n], least)]
    if not old:
        return passed("runc needs no links in /dev/char")
    return failed(
        f"no links in /dev/char, and {old[0]}",
        cause="This runc takes GPUs away from running containers at `systemctl daemon-reload`.",
        remedy=by_commands(("nvidia-ctk", "system", "create-dev-char-symlinks", "--create-all")),
    )


LATENT = Check(
    "drv.latent", "The driver survives a reboot", judge_latent, Severity.WARNING, ("drv.loaded", "drv.match"), gpu=True
)
HELD = Check("drv.held", "The driver stays as it is", judge_held, Severity.WARNING, ("drv.installed",), gpu=True)
PERSISTENCE = Check(
    "drv.persist", "The driver keeps the GPU ready", judge_persistence, Severity.WARNING, ("smi.answers",), gpu=True
)
FABRIC = Check("drv.fabric", "NVSwitch has its fabric manager", judge_fabric, needs=("drv.match",), gpu=True)
LINKS = Check("drv.devchar", "runc finds the GPUs' nodes", judge_links, Severity.WARNING, ("drv.nodes",), gpu=True)
