"""NVIDIA's kernel module: there, built for this kernel, allowed and fit for the GPU."""

from __future__ import annotations

from checks.applicability import with_gpu, with_gpu_and_kernel
from checks.driver_remedy import driver_remedy, module_remedy, open_driver_remedy
from checks.model import Check, Verdict, failed, passed, unknown
from checks.remedy import Remedy, Risk, by_commands, by_hand
from provisioning.command import Command
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS, KERNEL_DRIVER
from provisioning.probes.driver_setup import DRIVER_SETUP
from provisioning.probes.kernel_log import KERNEL_LOG
from provisioning.probes.machine import MACHINE
from provisioning.probes.operating_system import OPERATING_SYSTEM
from provisioning.probes.packages import PACKAGES
from provisioning.probes.pci import PCI_BUS

DRIVER_PACKAGES = ("nvidia-driver", "nvidia-kernel", "nvidia-dkms", "nvidia-open", "cuda-drivers")
BLACKWELL = 0x2900
"""The first PCI device number of the GPUs that only the open kernel modules serve."""
TURING = 0x1E00
"""The first that the open kernel modules serve at all."""


@with_gpu
def judge_installed(facts: Facts) -> Verdict:
    loaded = facts[KERNEL_DRIVER]
    if loaded:
        return passed(f"driver {loaded}")
    module = facts[DRIVER_SETUP].module
    if module:
        return passed(f"driver {module.version}")
    package = next((name for name in facts[PACKAGES] if name.startswith(DRIVER_PACKAGES)), "")
    if package or facts[DRIVER_SETUP].dkms or not facts[GPUS].missing:
        return passed(package or "nvidia-smi is installed")
    return failed(
        "no module, no package, no nvidia-smi",
        cause="No NVIDIA driver is installed.",
        remedy=driver_remedy(facts),
    )


@with_gpu_and_kernel
def judge_nouveau(facts: Facts) -> Verdict:
    setup = facts[DRIVER_SETUP]
    owned = [gpu.address for gpu in facts[PCI_BUS].gpus if gpu.driver == "nouveau"]
    if not owned and (facts[KERNEL_DRIVER] or not setup.nouveau):
        return passed("not loaded" if not setup.nouveau else "loaded, but it has no GPU")
    return failed(
        f"nouveau is loaded{' and has ' + ', '.join(owned) if owned else ''}",
        cause="The kernel's own driver nouveau took the GPU before NVIDIA's could.",
        remedy=_without_nouveau(blacklisted=setup.nouveau_blacklisted),
    )


def _without_nouveau(*, blacklisted: bool) -> Remedy:
    write = Command(("tee", "/etc/modprobe.d/blacklist-nouveau.conf"), "blacklist nouveau\noptions nouveau modeset=0\n")
    first = () if blacklisted else (write,)
    return Remedy("", (*first, Command(("update-initramfs", "-u")), Command(("reboot",))), Risk.REBOOT)


@with_gpu_and_kernel
def judge_built(facts: Facts) -> Verdict:
    setup, kernel = facts[DRIVER_SETUP], facts[MACHINE].kernel
    if facts[KERNEL_DRIVER]:
        return passed("the module is loaded")
    if not setup.modinfo:
        return unknown("there is no modinfo on the host")
    if setup.module and setup.module.kernel in ("", kernel):
        return passed(f"{setup.module.version} for {kernel}")
    if setup.module:
        seen = f"the module is built for {setup.module.kernel}, and {kernel} runs"
    elif "failed" in setup.dkms.values():
        place = next(place for place, state in setup.dkms.items() if state == "failed")
        seen = f"DKMS could not build it for {kernel}: see {place}/build/make.log"
    else:
        seen = f"no module nvidia in /lib/modules/{kernel}"
    return failed(
        seen,
        cause="The driver's kernel module was not built for the running kernel"
        + ("." if kernel in setup.headers else ", whose headers are not installed."),
        remedy=module_remedy(facts),
    )


@with_gpu_and_kernel
def judge_secure_boot(facts: Facts) -> Verdict:
    setup = facts[DRIVER_SETUP]
    if not setup.secure_boot:
        return passed("Secure Boot is off")
    if facts[KERNEL_DRIVER]:
        return passed("Secure Boot is on, and the kernel took the module")
    signer = setup.module.signer if setup.module else ""
    if signer and "is rejected" not in facts[KERNEL_LOG].text and "is restricted" not in facts[KERNEL_LOG].text:
        return passed(f"Secure Boot is on, and the module is signed by {signer}")
    key = "/var/lib/shim-signed/mok/MOK.der" if facts[OPERATING_SYSTEM].family == "ubuntu" else "/var/lib/dkms/mok.pub"
    return failed(
        f"signed by {signer}, and refused" if signer else "Secure Boot is on, and the module has no signature",
        cause="Secure Boot lets only modules in that are signed with an enrolled key.",
        remedy=by_hand(
            f"sudo mokutil --import {key} && sudo reboot, and enrol the key on the blue screen; "
            "or switch Secure Boot off in the firmware"
        ),
    )


@with_gpu
def judge_loaded(facts: Facts) -> Verdict:
    version = facts[KERNEL_DRIVER]
    if version:
        return passed(f"kernel module {version}")
    return failed(
        "no /proc/driver/nvidia/version",
        cause="The kernel module nvidia is not loaded.",
        remedy=by_commands(("modprobe", "nvidia")),
    )


@with_gpu_and_kernel
def judge_flavour(facts: Facts) -> Verdict:
    module = facts[DRIVER_SETUP].module
    gpus = facts[PCI_BUS].served
    if _said(facts, "requires use of the NVIDIA open kernel modules") or (
        module and not module.open and any(gpu.device >= BLACKWELL for gpu in gpus)
    ):
        return failed(
            "the proprietary kernel module is installed",
            cause="This GPU requires the open kernel modules.",
            remedy=open_driver_remedy(facts),
        )
    if _said(facts, "is not supported by open nvidia.ko") or (
        module and module.open and any(gpu.device < TURING for gpu in gpus)
    ):
        return failed(
            "the open kernel modules are installed",
            cause="A GPU from before Turing requires the proprietary kernel module.",
            remedy=driver_remedy(facts),
        )
    return passed("the open kernel modules" if module and module.open else "the proprietary kernel module")


def _said(facts: Facts, words: str) -> bool:
    return words in facts[KERNEL_LOG].text


INSTALLED = Check("drv.installed", "An NVIDIA driver is installed", judge_installed, needs=("gpu.pci",), gpu=True)
NOUVEAU = Check(
    "drv.nouveau", "nouveau has not taken the GPU", judge_nouveau, needs=("gpu.pci", "drv.installed"), gpu=True
)
BUILT = Check("drv.built", "The module is built for this kernel", judge_built, needs=("drv.installed",), gpu=True)
SECURE_BOOT = Check("drv.secureboot", "Secure Boot lets it in", judge_secure_boot, needs=("drv.built",), gpu=True)
LOADED = Check(
    "drv.loaded",
    "The NVIDIA module is loaded",
    judge_loaded,
    needs=("gpu.bound", "drv.nouveau", "drv.built", "drv.secureboot"),
    gpu=True,
)
FLAVOUR = Check(
    "drv.flavour", "The module is of the kind the GPU needs", judge_flavour, needs=("drv.loaded",), gpu=True
)
