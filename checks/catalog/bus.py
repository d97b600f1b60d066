"""NVIDIA GPUs on the PCI bus, and who has them."""

from __future__ import annotations

from checks.applicability import NO_GPU, with_gpu
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed
from checks.remedy import Risk, by_commands, by_hand
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS, GPUS_ON_BUS, KERNEL_DRIVER
from provisioning.probes.pci import PCI_BUS

OURS = frozenset({"", "nvidia", "nouveau", "vfio-pci"})
"""Drivers of which other checks speak, and those that a GPU may have."""


def judge_pci(facts: Facts) -> Verdict:
    on_bus = facts[GPUS_ON_BUS]
    if on_bus:
        return passed(f"{len(on_bus)} GPU(s): {', '.join(on_bus)}")
    # The module does not load without a GPU: there was one.
    if facts[KERNEL_DRIVER]:
        return failed(
            f"driver {facts[KERNEL_DRIVER]} is loaded, and there is no GPU on the bus",
            cause="The GPU has gone from the bus since the driver was loaded.",
            remedy=by_hand(
                "In a virtual machine check the passthrough of the GPU; else switch the machine off and reseat it"
            ),
        )
    return not_applicable(NO_GPU)


@with_gpu
def judge_bound(facts: Facts) -> Verdict:
    bus = facts[PCI_BUS]
    strangers = [gpu for gpu in bus.gpus if gpu.driver not in OURS]
    if not bus.served:
        strangers = list(bus.gpus)
    if strangers:
        gpu = strangers[0]
        return failed(
            ", ".join(f"{each.address} belongs to {each.driver}" for each in strangers),
            cause="Another driver has the GPU: NVIDIA's cannot take it.",
            remedy=by_commands(
                ("apt-get", "install", "-y", "driverctl"),
                ("driverctl", "unset-override", gpu.address),
                ("reboot",),
                risk=Risk.REBOOT,
                words=f"Take {gpu.driver} off it, in /etc/modprobe.d and on the kernel's command line too",
            ),
        )
    aside = len(bus.gpus) - len(bus.served)
    owners = sorted({gpu.driver or "nobody yet" for gpu in bus.served})
    return passed(f"bound to {', '.join(owners)}" + (f", {aside} set aside for virtual machines" if aside else ""))


@with_gpu
def judge_iommu(facts: Facts) -> Verdict:
    bus = facts[PCI_BUS]
    if len(bus.served) < 2:
        return not_applicable("a single GPU talks to no other")
    if bus.vm:
        return not_applicable("in a virtual machine the GPUs need the IOMMU")
    translated = [gpu.address for gpu in bus.served if gpu.translation.startswith("DMA")]
    if translated:
        return failed(
            f"the IOMMU translates what {len(translated)} GPUs send",
            cause="Copies between GPUs go through the IOMMU: NCCL can hang, and copies can be slow or wrong.",
            remedy=by_hand(
                "Add iommu=pt to GRUB_CMDLINE_LINUX in /etc/default/grub, then: sudo update-grub && sudo reboot"
            ),
        )
    if bus.bridges_with_acs:
        return failed(
            f"{bus.bridges_with_acs} PCI bridges have ACS on",
            cause="ACS sends what one GPU copies to another through the processor (nccl#199).",
            remedy=by_hand(
                "Switch ACS off in the firmware, or for each bridge with: sudo setpci -s BRIDGE ECAP_ACS+6.w=0000"
            ),
        )
    return passed("GPUs reach each other straight" + ("" if bus.bridges_with_acs == 0 else "; ACS could not be read"))


@with_gpu
def judge_pcie(facts: Facts) -> Verdict:
    lanes = [(gpu.bus, gpu.width, gpu.full_width) for gpu in facts[GPUS].gpus]
    narrow = [f"{bus}: {now} of {full} lanes" for bus, now, full in lanes if now and full and now < full]
    if narrow:
        return failed(
            ", ".join(narrow),
            cause="The GPU has fewer PCIe lanes than it and its slot can have: copies to it are slow.",
            remedy=by_hand("Reseat the GPU and its riser, and check the slot's bifurcation in the firmware"),
        )
    if not any(full for _, _, full in lanes):
        return not_applicable("the driver does not say how many PCIe lanes there are")
    return passed(", ".join(sorted({f"{now} lanes" for _, now, _ in lanes if now})))


PCI = Check("gpu.pci", "The GPU is on the PCI bus", judge_pci, needs=("os.platform",), gpu=True)
BOUND = Check("gpu.bound", "No other driver has the GPU", judge_bound, needs=("gpu.pci",), gpu=True)
IOMMU = Check(
    "gpu.iommu", "GPUs reach each other without detours", judge_iommu, Severity.WARNING, ("gpu.count",), gpu=True
)
PCIE = Check("gpu.pcie", "The GPU has all its PCIe lanes", judge_pcie, Severity.WARNING, ("smi.answers",), gpu=True)
