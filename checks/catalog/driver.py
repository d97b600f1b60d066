"""The NVIDIA driver as one: its module, its libraries and its device nodes, and what it says when asked."""

from __future__ import annotations

from checks.applicability import NO_GPU, with_gpu, with_gpu_and_kernel
from checks.lost_gpus import cause_of_absence
from checks.model import Check, Verdict, failed, passed, unknown, warned
from checks.remedy import Remedy, Risk, by_commands, by_hand
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.driver import GPUS, KERNEL_DRIVER
from provisioning.probes.driver_setup import DRIVER_SETUP
from provisioning.probes.kernel_log import KERNEL_LOG
from provisioning.probes.pci import PCI_BUS

__all__ = ["NO_GPU"]

REBOOT = by_commands(("reboot",), risk=Risk.REBOOT)
UVM_NODES = ("/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")


@with_gpu_and_kernel
def judge_init(facts: Facts) -> Verdict:
    said = facts[KERNEL_LOG].text
    if "RmInitAdapter" not in said:
        return passed("the kernel log has no failure")
    if _listed(facts) >= len(facts[PCI_BUS].served):
        return passed("failed once since the machine booted, and answers now")
    firmware = "Cannot initialize GSP firmware" in said
    return failed(
        "RmInitAdapter: Cannot initialize GSP firmware RM" if firmware else "RmInitAdapter failed!",
        cause="The driver could not initialise the GPU"
        + (": its firmware is missing, or of another version." if firmware else "."),
        remedy=by_commands(
            ("poweroff",),
            risk=Risk.REBOOT,
            words="Install the driver again with its firmware, then start the machine cold; "
            "if that does not help, check the GPU's power and seat",
        ),
    )


def _listed(facts: Facts) -> int:
    try:
        return len(facts[GPUS].gpus)
    except UnknownFact:
        return 0


def _complaint(facts: Facts) -> str:
    try:
        return facts[GPUS].complaint
    except UnknownFact:
        return ""


@with_gpu
def judge_match(facts: Facts) -> Verdict:
    module, setup, complaint = facts[KERNEL_DRIVER], facts[DRIVER_SETUP], _complaint(facts)
    library = setup.library_version
    if (library and library != module) or "version mismatch" in complaint:
        return failed(
            f"kernel module {module}, libraries {library or 'of another version'}",
            cause="The driver was upgraded, and the kernel still has the module from before.",
            remedy=by_commands(
                ("reboot",),
                risk=Risk.REBOOT,
                words="Reboot, or end what uses the GPU and reload the modules nvidia_uvm, nvidia_drm, "
                "nvidia_modeset and nvidia",
            ),
        )
    if not setup.library and "libnvidia-ml" in complaint:
        return failed(
            "libnvidia-ml.so.1 is not in the linker's cache",
            cause="The driver's libraries are not installed, or the linker does not know them.",
            remedy=by_commands(
                ("ldconfig",), words=f"Install the libraries of driver {module}, such as libnvidia-compute-NNN, then"
            ),
        )
    return passed(f"{module}, as the libraries are" if library else f"{module}")


@with_gpu
def judge_nodes(facts: Facts) -> Verdict:
    nodes, gpus = facts[DRIVER_SETUP].nodes, len(facts[PCI_BUS].served)
    of_gpus = [name for name in nodes if name.removeprefix("/dev/nvidia").isdecimal()]
    missing = [name for name in UVM_NODES if name not in nodes]
    # nvidia-smi itself makes those of the GPUs, perhaps after they were counted.
    if _listed(facts) < gpus and (len(of_gpus) < gpus or "/dev/nvidiactl" not in nodes):
        absent = f"{gpus - len(of_gpus)} of /dev/nvidia0 to {gpus - 1}"
        missing = [absent if len(of_gpus) < gpus else "/dev/nvidiactl", *missing]
        gone = cause_of_absence(facts, _buses(facts))
        if gone:
            return gone
    if missing:
        return failed(
            f"missing: {', '.join(missing)}",
            cause="Without its device nodes a GPU cannot be given to a container.",
            remedy=_make_nodes(gpus, nvidia_modprobe=facts[DRIVER_SETUP].nvidia_modprobe),
        )
    closed = [name for name, mode in nodes.items() if mode & 0o006 != 0o006]
    if closed:
        return warned(
            f"closed to users: {', '.join(closed)}",
            cause="Only root and the group of these nodes may use the GPU.",
            remedy=by_hand("Remove NVreg_DeviceFileMode from /etc/modprobe.d, then reboot"),
        )
    return passed(f"{len(nodes)} nodes")


def _make_nodes(gpus: int, *, nvidia_modprobe: bool) -> Remedy:
    if nvidia_modprobe:
        return by_commands(("nvidia-modprobe", "-u", *(f"-c{number}" for number in range(gpus))))
    return by_commands(
        ("nvidia-ctk", "system", "create-device-nodes", "--control-devices", "--load-kernel-modules"),
    )


def _buses(facts: Facts) -> list[str]:
    try:
        return [gpu.bus for gpu in facts[GPUS].gpus]
    except UnknownFact:
        return []


@with_gpu
def judge_answers(facts: Facts) -> Verdict:
    try:
        gpus = facts[GPUS]
    except UnknownFact as silence:
        hangs = "; it hangs in the driver" if silence.reason.startswith("no answer within") else ""
        return unknown(f"{silence.probe}: nvidia-smi gave {silence.reason}{hangs}")
    if gpus.missing:
        return failed(
            "nvidia-smi is not installed",
            cause=f"Of driver {facts[KERNEL_DRIVER]} only the kernel module is here, not its programs.",
            remedy=by_hand("Install the package with nvidia-smi: nvidia-smi on Debian, nvidia-utils-NNN on Ubuntu"),
        )
    ill = [f"{gpu.bus}: {gpu.illness}" for gpu in gpus.gpus if gpu.illness]
    if not gpus.gpus or ill:
        return cause_of_absence(facts, ()) or failed(
            ", ".join(ill) or gpus.complaint or "nvidia-smi lists no GPU",
            cause=f"The kernel module {facts[KERNEL_DRIVER]} is loaded, but nvidia-smi gets no answer from the GPU.",
            remedy=REBOOT,
        )
    names = ", ".join(f"{gpus.names.count(name)} × {name}" for name in dict.fromkeys(gpus.names))
    return passed(f"driver {facts[KERNEL_DRIVER]}, {names}, CUDA {'.'.join(map(str, gpus.cuda))}")


INIT = Check("drv.rminit", "The GPU initialises", judge_init, needs=("drv.loaded", "drv.flavour"), gpu=True)
MATCH = Check("drv.match", "Module and libraries are of one version", judge_match, needs=("drv.loaded",), gpu=True)
NODES = Check(
    "drv.nodes", "The GPU has its device nodes", judge_nodes, needs=("drv.loaded", "drv.rminit", "drv.match"), gpu=True
)
ANSWERS = Check(
    "smi.answers",
    "The NVIDIA driver answers",
    judge_answers,
    needs=("drv.loaded", "drv.rminit", "drv.match", "drv.nodes"),
    gpu=True,
    headline=True,
)
