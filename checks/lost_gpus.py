"""GPUs that the kernel log says have stopped answering: other checks step back behind this cause."""

from __future__ import annotations

from collections.abc import Collection

from checks.model import Verdict, blocked
from checks.xid import Bucket, bucket
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.kernel_log import KERNEL_LOG
from provisioning.probes.machine import MACHINE

_FELL_OFF = 79


def by_xid(facts: Facts) -> tuple[str, ...]:
    """Return the GPUs, such as `0000:18:00`, that want the machine restarted."""
    xids = facts[KERNEL_LOG].xids
    return tuple(dict.fromkeys(xid.bus for xid in xids if bucket(xid) is Bucket.RESTART_MACHINE))


def without_xid(facts: Facts) -> tuple[str, ...]:
    """Return the GPUs that are off the bus although no Xid says so (NVSentinel#155)."""
    told = {xid.bus for xid in facts[KERNEL_LOG].xids if xid.code == _FELL_OFF}
    return tuple(bus for bus in facts[KERNEL_LOG].off_the_bus if bus not in told)


def cause_of_absence(facts: Facts, present: Collection[str]) -> Verdict | None:
    """Return the verdict of a check that can say no more than that a GPU is gone, None where no log says so.

    `present`: the addresses of the GPUs that answer, such as `0000:18:00.0`.
    """
    there = {bus.rpartition(".")[0] for bus in present}
    try:
        if facts[MACHINE].container != "none":
            return None
        if not there.issuperset(by_xid(facts)):
            return blocked("gpu.xid")
        return None if there.issuperset(without_xid(facts)) else blocked("gpu.offbus")
    except UnknownFact:
        return None
