"""The GPUs that a lab host can be given a stand-in for: facts of real products, as their drivers report them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.errors import UsageError

NONE = "none"
WITHOUT_DRIVER = "-nodriver"
NVIDIA_VENDOR = "0x10de"
CLASS_3D_CONTROLLER = "0x030200"


@dataclass(frozen=True, slots=True)
class Profile:
    """A machine with `count` equal GPUs; PCI ids as sysfs prints them, memory in MiB."""

    product: str
    architecture: str
    compute_capability: str
    pci_device: str
    subsystem_device: str
    count: int
    memory: int
    driver: str
    cuda: str
    has_open_modules: bool
    mig_mode: str

    @property
    def gpus(self) -> tuple[Gpu, ...]:
        return tuple(
            Gpu(minor, f"0000:{0x18 + 8 * minor:02x}:00.0", _uuid(self.product, minor)) for minor in range(self.count)
        )


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU: its device node's minor number, its place on the PCI bus, its UUID."""

    minor: int
    bus_id: str
    uuid: str


PROFILES: Mapping[str, Profile] = {
    "t4": Profile(
        product="Tesla T4",
        architecture="Turing",
        compute_capability="7.5",
        pci_device="0x1eb8",
        subsystem_device="0x12a2",
        count=1,
        memory=15360,
        driver="535.247.01",
        cuda="12.2",
        has_open_modules=False,
        mig_mode="N/A",
    ),
    "a100": Profile(
        product="NVIDIA A100-SXM4-80GB",
        architecture="Ampere",
        compute_capability="8.0",
        pci_device="0x20b2",
        subsystem_device="0x1463",
        count=1,
        memory=81920,
        driver="570.172.08",
        cuda="12.8",
        has_open_modules=True,
        mig_mode="Disabled",
    ),
    "h100x8": Profile(
        product="NVIDIA H100 80GB HBM3",
        architecture="Hopper",
        compute_capability="9.0",
        pci_device="0x2330",
        subsystem_device="0x16c1",
        count=8,
        memory=81559,
        driver="580.82.07",
        cuda="13.0",
        has_open_modules=True,
        mig_mode="Disabled",
    ),
}


def profile(name: str) -> Profile | None:
    """Return the profile of that name, None for "none".

    `-nodriver` behind a name gives the GPU on the bus without a driver (`t4-nodriver`).
    Raises UsageError for a name that does not exist.
    """
    if name == NONE:
        return None
    found = PROFILES.get(name.removesuffix(WITHOUT_DRIVER))
    if found is None:
        listed = ", ".join((NONE, *PROFILES, *(f"{each}{WITHOUT_DRIVER}" for each in PROFILES)))
        raise UsageError(f"The lab has no GPU profile {name!r}.", f"Profiles: {listed}")
    return found


def has_driver(name: str) -> bool:
    """Whether the named profile comes with a driver."""
    return name != NONE and not name.endswith(WITHOUT_DRIVER)


def _uuid(product: str, minor: int) -> str:
    return f"GPU-{uuid.uuid5(uuid.NAMESPACE_DNS, f'{product} {minor}')}"
