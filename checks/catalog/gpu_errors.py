"""What the kernel log says of the GPUs' health since the machine booted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checks.applicability import with_gpu_and_kernel
from checks.lost_gpus import without_xid
from checks.model import Check, Verdict, failed, passed, warned
from checks.xid import RESTART_MACHINE, Bucket, bucket, remedy
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.driver import GPUS
from provisioning.probes.kernel_log import KERNEL_LOG, Xid

_WORST_FIRST = (
    Bucket.RESTART_MACHINE, Bucket.POWER, Bucket.RESET, Bucket.NVLINK, Bucket.LOOK_UP, Bucket.RESTART_APPLICATION,
    Bucket.IGNORE,
)  # fmt: skip


@with_gpu_and_kernel
def judge_xid(facts: Facts) -> Verdict:
    xids = sorted(facts[KERNEL_LOG].xids, key=lambda xid: _WORST_FIRST.index(bucket(xid)))
    if not xids:
        return passed("the kernel log has no Xid")
    worst, seen = xids[0], _counted(xids)
    kind = bucket(worst)
    if kind is Bucket.IGNORE:
        return passed(f"{seen}: {kind.value}")
    cause = f"Xid {worst.code} on {worst.bus}: {kind.value}."
    recovered = _recovered(facts)
    if not kind.grave or all(xid.bus in recovered for xid in xids if bucket(xid).grave):
        return warned(seen, cause=cause, remedy=remedy(worst))
    return failed(seen, cause=cause, remedy=remedy(worst))


def _counted(xids: Sequence[Xid]) -> str:
    counts = Counter((xid.code, xid.bus) for xid in xids)
    return ", ".join(
        f"Xid {code} on {bus}" + (f" ({count} times)" if count > 1 else "") for (code, bus), count in counts.items()
    )


def _recovered(facts: Facts) -> frozenset[str]:
    """Return the GPUs that answer and of which the driver says that nothing is left to do."""
    try:
        return frozenset(gpu.bus.rpartition(".")[0] for gpu in facts[GPUS].gpus if gpu.recovery == "None")
    except UnknownFact:
        return frozenset()


@with_gpu_and_kernel
def judge_off_bus(facts: Facts) -> Verdict:
    lost = without_xid(facts)
    if not lost:
        return passed("the kernel log has none that fell off")
    return failed(
        f"{', '.join(lost)} has fallen off the bus and is not responding to commands",
        cause="The GPU stopped answering on the PCI bus: its seat, its power, its heat or the firmware.",
        remedy=RESTART_MACHINE,
    )


XID = Check("gpu.xid", "The GPUs had no errors", judge_xid, needs=("drv.loaded",), gpu=True)
OFF_BUS = Check("gpu.offbus", "No GPU fell off the bus", judge_off_bus, needs=("drv.loaded",), gpu=True)
