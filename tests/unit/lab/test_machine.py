"""Where the lab refuses to run, and what it says."""

from __future__ import annotations

from typing import TypedDict

import pytest

from lab.machine import refusal

ALL_CAPABILITIES = 0x1FFFFFFFFFF


class Machine(TypedDict):
    system: str
    user_id: int
    capabilities: int
    has_apt: bool
    has_fuse: bool


FIT: Machine = {
    "system": "Linux",
    "user_id": 0,
    "capabilities": ALL_CAPABILITIES,
    "has_apt": True,
    "has_fuse": True,
}


def test_fit_machine() -> None:
    assert refusal(**FIT) == ""


@pytest.mark.parametrize(
    ("machine", "reason"),
    [
        ({**FIT, "system": "Darwin"}, "this is Darwin"),
        ({**FIT, "user_id": 1000}, "(sudo ./gpudock demo)"),
        ({**FIT, "capabilities": 0xA80425FB}, "lacks CAP_NET_ADMIN and CAP_SYS_ADMIN"),
        ({**FIT, "capabilities": ALL_CAPABILITIES & ~(1 << 21)}, "lacks CAP_SYS_ADMIN"),
        ({**FIT, "has_apt": False}, "no apt-get"),
        ({**FIT, "has_fuse": False}, "/dev/fuse is missing"),
    ],
)
def test_refusal_says_why(machine: Machine, reason: str) -> None:
    assert reason in refusal(**machine)
