"""What each GPU says of itself in `nvidia-smi -q -x`."""

from __future__ import annotations

from collections.abc import Callable

from checks.applicability import with_gpu
from checks.lost_gpus import cause_of_absence
from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, warned
from checks.remedy import Risk, by_commands, by_hand
from checks.xid import RESTART_MACHINE, reset
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS
from provisioning.probes.gpu_report import Gpu
from provisioning.probes.pci import PCI_BUS

REPLACE = by_hand("Have the GPU replaced: NVIDIA takes back one whose memory cannot be mended")


def _those(facts: Facts, wanted: Callable[[Gpu], object]) -> list[Gpu]:
    return [gpu for gpu in facts[GPUS].gpus if wanted(gpu)]


def _named(gpus: list[Gpu]) -> str:
    return ", ".join(gpu.bus for gpu in gpus)


@with_gpu
def judge_count(facts: Facts) -> Verdict:
    listed, on_bus = [gpu.bus for gpu in facts[GPUS].gpus], [gpu.address for gpu in facts[PCI_BUS].served]
    if len(listed) >= len(on_bus):
        return passed(f"{len(listed)} of {len(on_bus)}")
    absent = [bus for bus in on_bus if bus not in listed]
    return cause_of_absence(facts, listed) or failed(
        f"nvidia-smi lists {len(listed)} of the {len(on_bus)} GPUs on the bus; absent: {', '.join(absent)}",
        cause="The driver does not serve each GPU that the machine has.",
        remedy=RESTART_MACHINE,
    )


@with_gpu
def judge_ecc(facts: Facts) -> Verdict:
    bad = _those(facts, lambda gpu: gpu.uncorrectable)
    if bad:
        return failed(
            ", ".join(f"{gpu.bus}: {gpu.uncorrectable} uncorrectable errors" for gpu in bad),
            cause="The GPU's memory gave wrong data that ECC could not mend.",
            remedy=reset(bad[0].bus),
        )
    if not _those(facts, lambda gpu: gpu.ecc == "Enabled"):
        return not_applicable("no GPU has ECC switched on")
    return passed("no uncorrectable errors since the driver was loaded")


@with_gpu
def judge_remap(facts: Facts) -> Verdict:
    broken, pending = _those(facts, lambda gpu: gpu.remap_failed), _those(facts, lambda gpu: gpu.remap_pending)
    if broken:
        return failed(
            f"{_named(broken)}: a row could not be remapped",
            cause="The GPU's memory has more bad rows than it has spare ones.",
            remedy=REPLACE,
        )
    if pending:
        return warned(
            f"{_named(pending)}: a row waits to be remapped",
            cause="A bad row of memory is replaced at the next reset of the GPU; work may go on until then.",
            remedy=reset(pending[0].bus),
        )
    return passed("no row waits to be remapped")


@with_gpu
def judge_ecc_mode(facts: Facts) -> Verdict:
    waiting = _those(facts, lambda gpu: gpu.ecc_pending and gpu.ecc != gpu.ecc_pending)
    if waiting:
        gpu = waiting[0]
        return failed(
            f"{_named(waiting)}: ECC is {gpu.ecc}, and will be {gpu.ecc_pending}",
            cause="ECC was switched, which takes effect at the next reboot.",
            remedy=by_commands(("reboot",), risk=Risk.REBOOT),
        )
    return passed(", ".join(sorted({gpu.ecc or "no ECC" for gpu in facts[GPUS].gpus})))


@with_gpu
def judge_throttle(facts: Facts) -> Verdict:
    slowed = _those(facts, lambda gpu: gpu.slowdowns)
    if slowed:
        reasons = [f"{gpu.bus}: {', '.join(gpu.slowdowns)}" for gpu in slowed]
        return failed(
            "; ".join(reasons),
            cause="The hardware holds the GPU's clocks down, for heat or for want of power.",
            remedy=by_hand("Check fans, airflow, the power supply and the power cables"),
        )
    return passed("no hardware slowdown")


@with_gpu
def judge_mig(facts: Facts) -> Verdict:
    waiting = _those(facts, lambda gpu: gpu.mig_pending and gpu.mig != gpu.mig_pending)
    empty = _those(facts, lambda gpu: gpu.mig == "Enabled" and not gpu.mig_devices)
    if waiting:
        return failed(
            f"{_named(waiting)}: MIG is {waiting[0].mig}, and will be {waiting[0].mig_pending}",
            cause="MIG was switched, which takes effect at a reset of the GPU.",
            remedy=reset(waiting[0].bus),
        )
    if empty:
        return failed(
            f"{_named(empty)}: MIG is on, without an instance",
            cause="A GPU with MIG and no instances has no device for CUDA.",
            remedy=by_hand(
                "sudo nvidia-smi mig -lgip shows what can be made; make it with sudo nvidia-smi mig -cgi ID -C, then "
                "sudo systemctl restart nvidia-cdi-refresh, which does not notice by itself"
            ),
        )
    states = {gpu.mig for gpu in facts[GPUS].gpus} - {""}
    return passed(", ".join(sorted(states))) if states else not_applicable("no GPU can do MIG")


@with_gpu
def judge_recovery(facts: Facts) -> Verdict:
    said = _those(facts, lambda gpu: gpu.recovery)
    wanting = [gpu for gpu in said if gpu.recovery != "None"]
    if not said:
        return not_applicable("this driver announces no recovery action")
    if not wanting:
        return passed("the driver asks for nothing")
    gpu = wanting[0]
    return failed(
        ", ".join(f"{gpu.bus}: {gpu.recovery}" for gpu in wanting),
        cause=f"The driver wants the GPU recovered: {gpu.recovery}.",
        remedy=by_commands(("reboot",), risk=Risk.REBOOT) if gpu.recovery == "Reboot" else reset(gpu.bus),
    )


@with_gpu
def judge_compute_mode(facts: Facts) -> Verdict:
    other = _those(facts, lambda gpu: gpu.compute_mode not in ("", "Default"))
    if other:
        return failed(
            f"{_named(other)}: {other[0].compute_mode}",
            cause="One process at a time, or none, may use it: all CUDA-capable devices are busy or unavailable.",
            remedy=by_commands(("nvidia-smi", "--compute-mode=0")),
        )
    return passed("Default")


ANSWERS = ("smi.answers",)
COUNT = Check("gpu.count", "The driver serves every GPU", judge_count, needs=ANSWERS, gpu=True)
ECC = Check("gpu.ecc", "The GPU's memory is sound", judge_ecc, needs=ANSWERS, gpu=True)
REMAP = Check("gpu.remap", "No bad row of memory is in use", judge_remap, needs=ANSWERS, gpu=True)
ECC_MODE = Check("gpu.ecc_mode", "ECC is as it was set", judge_ecc_mode, Severity.WARNING, ANSWERS, gpu=True)
THROTTLE = Check("gpu.throttle", "Nothing slows the GPU down", judge_throttle, Severity.WARNING, ANSWERS, gpu=True)
MIG = Check("gpu.mig", "MIG is as it was set", judge_mig, needs=ANSWERS, gpu=True)
RECOVERY = Check("gpu.recovery", "No GPU waits for a reset", judge_recovery, needs=ANSWERS, gpu=True)
COMPUTE_MODE = Check(
    "gpu.compute_mode", "Several programs may use the GPU", judge_compute_mode, Severity.WARNING, ANSWERS, gpu=True
)
