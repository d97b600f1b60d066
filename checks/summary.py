"""A host in a few words, for the head of a report."""

from __future__ import annotations

from collections import Counter

from provisioning.probe import Facts, UnknownFact
from provisioning.probes.driver import GPUS, GPUS_ON_BUS
from provisioning.probes.machine import MACHINE
from provisioning.probes.operating_system import OPERATING_SYSTEM


def summary(facts: Facts) -> str:
    """Return such as `Debian GNU/Linux 13 (trixie), amd64, 1 × Tesla T4`; what is unknown is left out."""
    return ", ".join(filter(None, (_system(facts), _arch(facts), _gpus(facts))))


def _system(facts: Facts) -> str:
    try:
        return facts[OPERATING_SYSTEM].name
    except UnknownFact:
        return ""


def _arch(facts: Facts) -> str:
    try:
        return facts[MACHINE].arch
    except UnknownFact:
        return ""


def _gpus(facts: Facts) -> str:
    try:
        names = Counter(facts[GPUS].names)
        listed = ", ".join(f"{count} × {name}" for name, count in names.items())
        on_bus = len(facts[GPUS_ON_BUS])
    except UnknownFact:
        return ""
    return listed or (f"{on_bus} NVIDIA GPU(s) without a driver" if on_bus else "no NVIDIA GPU")
