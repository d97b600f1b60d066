"""On which hosts a judge has anything to say."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from checks.model import Verdict, not_applicable
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS_ON_BUS
from provisioning.probes.machine import MACHINE

NO_GPU = "no NVIDIA GPU on the bus"

Judge = Callable[[Facts], Verdict]


def with_gpu(judge: Judge) -> Judge:
    """Have `judge` asked only about hosts that have a GPU of NVIDIA's."""

    @wraps(judge)
    def asked(facts: Facts) -> Verdict:
        return judge(facts) if facts[GPUS_ON_BUS] else not_applicable(NO_GPU)

    return asked


def with_gpu_and_kernel(judge: Judge) -> Judge:
    """Have `judge` asked only about hosts with a GPU and a kernel of their own.

    A system container, of systemd-nspawn say, sees neither the modules of the kernel under it nor its log.
    """

    @wraps(judge)
    def asked(facts: Facts) -> Verdict:
        container = facts[MACHINE].container
        if container != "none":
            return not_applicable(f"a container ({container}) has no kernel of its own")
        return judge(facts)

    return with_gpu(asked)
