"""Faults of the bus, the driver and the GPUs, made for real on one host: each is named, and nothing else is."""

from __future__ import annotations

import pytest

from lab import Host
from tests.lab.driving import Gpudock, look

LIBRARIES = "/usr/lib/x86_64-linux-gnu"
REPORT = "/usr/share/gpudock-lab/gpu/smi/3.xml"
SMI = "/usr/bin/nvidia-smi"
BACK = f"mv {REPORT}.good {REPORT}"
REPLACED = f"mv {SMI} {SMI}.good; printf '#!/bin/sh\\n%s\\n' '{{}}' >{SMI}; chmod +x {SMI}"
RESTORED = f"mv {SMI}.good {SMI}"


def saying(old: str, new: str) -> str:
    """Return what has the fourth GPU's report say `new` for `old`."""
    return f"cp -p {REPORT} {REPORT}.good; sed -i 's,{old},{new},' {REPORT}"


@pytest.mark.parametrize(
    ("breaking", "mending", "check", "seen"),
    [
        ("rm /dev/nvidia-uvm", "mknod -m 666 /dev/nvidia-uvm c 511 0", "drv.nodes", "missing: /dev/nvidia-uvm"),
        ("rm /dev/nvidia3", "mknod -m 666 /dev/nvidia3 c 195 3", "drv.nodes", "missing: 1 of /dev/nvidia0 to 7"),
        (
            "mv /proc/driver/nvidia /proc/driver/gone",
            "mv /proc/driver/gone /proc/driver/nvidia",
            "drv.loaded",
            "no /proc/driver/nvidia/version",
        ),
        (
            f"mv {LIBRARIES}/libnvidia-ml.so.580.82.07 {LIBRARIES}/libnvidia-ml.so.580.95.05; ldconfig",
            f"mv {LIBRARIES}/libnvidia-ml.so.580.95.05 {LIBRARIES}/libnvidia-ml.so.580.82.07; ldconfig",
            "drv.match",
            "kernel module 580.82.07, libraries 580.95.05",
        ),
        (
            "for at in /sys/bus/pci/devices/*; do echo 0x8086 >$at/vendor; done",
            "for at in /sys/bus/pci/devices/*; do echo 0x10de >$at/vendor; done",
            "gpu.pci",
            "driver 580.82.07 is loaded, and there is no GPU on the bus",
        ),
        (saying("</gpu>", "<performance_state>GPU is lost</performance_state></gpu>"), BACK, "smi.answers",
         "0000:30:00.0: GPU is lost"),
        (f"mv {SMI} {SMI}.good", RESTORED, "smi.answers", "nvidia-smi is not installed"),
        (saying("<dram_uncorrectable>0", "<dram_uncorrectable>5"), BACK, "gpu.ecc",
         "0000:30:00.0: 5 uncorrectable errors"),
        (saying("<persistence_mode>Enabled", "<persistence_mode>Disabled"), BACK, "drv.persist",
         "persistence mode is off on 0000:30:00.0"),
    ],
)  # fmt: skip
def test_a_fault_is_named(
    ready_host: Host, gpudock: Gpudock, breaking: str, mending: str, check: str, seen: str
) -> None:
    """Red when the check does not see the fault, or a consequence of it is blamed beside it."""
    look(ready_host, breaking)
    try:
        found = gpudock.findings(f"admin@{ready_host.name}", "--no-deep")
    finally:
        look(ready_host, mending)
    assert {name: each["seen"] for name, each in found.items() if each["status"] in {"fail", "warn", "unknown"}} == {
        check: seen
    }


@pytest.mark.parametrize(
    ("program", "seen"),
    [
        ("echo garbage", "no report, but 'garbage'"),
        ('trap "" TERM; while :; do sleep 1; done', "no answer within 20 s"),
    ],
)
def test_nonsense_and_silence_are_unknown(ready_host: Host, gpudock: Gpudock, program: str, seen: str) -> None:
    """Red when a program that prints nonsense, or hangs, makes a check pass or fail."""
    look(ready_host, REPLACED.format(program))
    try:
        found = gpudock.findings(f"admin@{ready_host.name}", "--no-deep")
    finally:
        look(ready_host, RESTORED)
    assert found["smi.answers"]["status"] == "unknown" and seen in found["smi.answers"]["seen"]
    assert not {each["status"] for each in found.values()} & {"fail", "warn", "blocked"}
