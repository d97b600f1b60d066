"""Memory that the kernel manages for GPUs (HMM), which some drivers of the open kind break CUDA with."""

from __future__ import annotations

from checks.applicability import with_gpu
from checks.catalog.containers import NOT_STARTED
from checks.catalog.host_image import HOST_IMAGE
from checks.model import Check, Verdict, failed, not_applicable, not_run, passed
from checks.remedy import by_hand
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS
from provisioning.probes.pci import PCI_BUS

NOT_INITIALIZED, NOT_YET_INITIALIZED = "3", "802"
"""What cuInit gives then; with NVSwitches in the machine 802 means that their fabric manager is missing."""


@with_gpu
def judge_hmm(facts: Facts) -> Verdict:
    if not any(gpu.addressing == "HMM" for gpu in facts[GPUS].gpus):
        return not_applicable("the driver does not use HMM")
    if HOST_IMAGE.name not in facts.answers:
        return not_run(NOT_STARTED)
    code = facts[HOST_IMAGE].cuda.partition(" ")[0]
    if not code.isdecimal():
        return not_applicable("CUDA was not tried in a container")
    if code == NOT_INITIALIZED or (code == NOT_YET_INITIALIZED and not facts[PCI_BUS].switches):
        return failed(
            f"the driver uses HMM, and cuInit gives {code}",
            cause="CUDA does not start though nvidia-smi works: HMM is broken in this driver.",
            remedy=by_hand(
                "Put options nvidia_uvm uvm_disable_hmm=1 in /etc/modprobe.d/uvm.conf, end what uses the GPU, then "
                "sudo modprobe -r nvidia_uvm && sudo modprobe nvidia_uvm"
            ),
        )
    return passed("HMM is in use, and CUDA starts" if code == "0" else f"cuInit gives {code}, which is not of HMM")


HMM = Check("drv.hmm", "HMM does not keep CUDA from starting", judge_hmm, needs=("smi.answers",), gpu=True)
