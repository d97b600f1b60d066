"""Whether a host shall serve GPUs, and whether it can already."""

from __future__ import annotations

from provisioning.probe import Facts
from provisioning.probes.driver import GPUS, GPUS_ON_BUS, KERNEL_DRIVER
from provisioning.settings import Settings


def wanted(facts: Facts, settings: Settings) -> bool:
    return settings.gpu == "yes" or (settings.gpu == "auto" and bool(facts[GPUS_ON_BUS]))


def driver_answers(facts: Facts) -> bool:
    return bool(facts[KERNEL_DRIVER]) and bool(facts[GPUS].uuids)
