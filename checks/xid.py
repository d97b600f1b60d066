"""What NVIDIA's driver reports as Xid, in the buckets of NVIDIA's Xid catalogue (docs.nvidia.com/deploy/xid-errors)."""

from __future__ import annotations

import re
from enum import Enum

from checks.remedy import NO_REMEDY, Remedy, Risk, by_commands, by_hand
from provisioning.probes.kernel_log import Xid


class Bucket(Enum):
    """What an error asks for."""

    IGNORE = "of no weight by itself"
    RESTART_APPLICATION = "the application's own fault, or ended with it"
    LOOK_UP = "not among those known here"
    RESET = "the GPU wants a reset"
    RESTART_MACHINE = "the GPU wants the machine restarted"
    POWER = "the GPU gets too little power"
    NVLINK = "a link between GPUs is broken"

    @property
    def grave(self) -> bool:
        return self in (Bucket.RESET, Bucket.RESTART_MACHINE, Bucket.POWER, Bucket.NVLINK)


_CODES = {
    Bucket.IGNORE: (43, 63, 92),
    Bucket.RESTART_APPLICATION: (8, 13, 31, 45, 69, 94),
    Bucket.RESET: (46, 48, 62, 64, 95, 109, 119, 120, 136, 140, 143, 155, 156, 158),
    Bucket.RESTART_MACHINE: (79,),
    Bucket.POWER: (54,),
    Bucket.NVLINK: (74, 149, 150),
}
BUCKETS = {code: bucket for bucket, codes in _CODES.items() for code in codes}

# 154 names what the driver wants: `GPU recovery action changed from 0x0 (None) to 0x2 (Node Reboot Required)`.
ANNOUNCEMENT = 154


def bucket(xid: Xid) -> Bucket:
    if xid.code != ANNOUNCEMENT:
        return BUCKETS.get(xid.code, Bucket.LOOK_UP)
    wanted = (re.findall(r"\(([^)]*)\)", xid.text) or [""])[-1]
    if "Reboot" in wanted:
        return Bucket.RESTART_MACHINE
    return Bucket.IGNORE if wanted == "None" else Bucket.RESET


def remedy(xid: Xid) -> Remedy:
    """Return what `xid` asks for on the GPU it names."""
    found = bucket(xid)
    if found is Bucket.RESET:
        return reset(xid.bus)
    if found is Bucket.RESTART_MACHINE:
        return RESTART_MACHINE
    return _BY_HAND.get(found, NO_REMEDY)


def reset(bus: str) -> Remedy:
    """Return what resets the GPU at `bus`, `0000:18:00` or with a function behind it."""
    address = bus if "." in bus else f"{bus}.0"
    return by_commands(
        ("nvidia-smi", "--gpu-reset", "-i", address),
        risk=Risk.ENDS_GPU_JOBS,
        words="End what uses the GPU, then reset it; when the error comes back, have the GPU replaced",
    )


RESTART_MACHINE = by_commands(
    ("reboot",),
    risk=Risk.REBOOT,
    words="Restart the machine, with its power off for a moment; when it comes back, reseat the GPU and its power",
)
_BY_HAND = {
    Bucket.RESTART_APPLICATION: by_hand("Restart the application; when it happens again, look for the fault in it"),
    Bucket.LOOK_UP: by_hand("Look the code up at https://docs.nvidia.com/deploy/xid-errors/"),
    Bucket.POWER: by_hand("Switch the machine off and seat the GPU's power cables"),
    Bucket.NVLINK: by_hand("Follow NVIDIA's NVLink workflow at https://docs.nvidia.com/deploy/xid-errors/"),
}
