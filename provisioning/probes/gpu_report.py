"""One <gpu> of `nvidia-smi -q -x`, under the names that its elements had and have from driver 450 on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

_UNSAID = frozenset({"", "N/A", "[N/A]", "Not Supported", "[Not Supported]"})
_ILL = ("GPU is lost", "GPU requires reset", "Unknown Error", "ERR!")

# What else a report holds names people: serial numbers, command lines of processes, cluster and rack.
READ = (
    "product_name", "uuid", "persistence_mode", "addressing_mode", "mig_mode", "mig_devices", "pci", "compute_mode",
    "ecc_mode", "ecc_errors", "remapped_rows", "clocks_event_reasons", "clocks_throttle_reasons",
    "performance_state", "gpu_recovery_action", "fabric",
)  # fmt: skip


@dataclass(frozen=True)
class Gpu:
    """What the driver says of one GPU. '' and None stand for what this GPU or this driver does not say."""

    bus: str
    """As sysfs writes it: `0000:18:00.0`."""
    name: str
    uuid: str
    persistence: str = ""
    addressing: str = ""
    """`HMM` where the kernel's heterogeneous memory management is used."""
    mig: str = ""
    mig_pending: str = ""
    mig_devices: int = 0
    ecc: str = ""
    ecc_pending: str = ""
    uncorrectable: int = 0
    """Memory errors since the driver was loaded that ECC could not mend."""
    remap_pending: bool = False
    remap_failed: bool = False
    slowdowns: tuple[str, ...] = ()
    """What holds the clocks down and is no wish of a person: hw_thermal_slowdown, hw_power_brake_slowdown."""
    width: int | None = None
    """PCIe lanes in use."""
    full_width: int | None = None
    """What the GPU and its slot can do together."""
    compute_mode: str = ""
    recovery: str = ""
    """What the driver wants done to the GPU: `None`, `Reset`, `Reboot`, `Drain P2P`, `Drain and Reset`."""
    fabric: str = ""
    """Its registration with NVSwitch: `Completed`, `In Progress`, `Not Started`."""
    fabric_status: str = ""
    illness: str = ""
    """What stands in place of a value when the GPU does not answer: `GPU is lost`."""


def read(gpu: ElementTree.Element) -> Gpu:
    gpu = reduced(gpu)
    return Gpu(
        bus=_bus(gpu.get("id") or _said(gpu, "pci/pci_bus_id")),
        name=_said(gpu, "product_name"),
        uuid=_said(gpu, "uuid"),
        persistence=_said(gpu, "persistence_mode"),
        addressing=_said(gpu, "addressing_mode"),
        mig=_said(gpu, "mig_mode/current_mig"),
        mig_pending=_said(gpu, "mig_mode/pending_mig"),
        mig_devices=len(gpu.findall("mig_devices/mig_device")),
        ecc=_said(gpu, "ecc_mode/current_ecc"),
        ecc_pending=_said(gpu, "ecc_mode/pending_ecc"),
        uncorrectable=_uncorrectable(gpu),
        remap_pending=_said(gpu, "remapped_rows/remapped_row_pending") == "Yes",
        remap_failed=_said(gpu, "remapped_rows/remapped_row_failure") == "Yes",
        slowdowns=tuple(_slowdowns(gpu)),
        width=_lanes(gpu, "current_link_width"),
        full_width=_lanes(gpu, "max_link_width"),
        compute_mode=_said(gpu, "compute_mode"),
        recovery=_said(gpu, "gpu_recovery_action"),
        fabric=_said(gpu, "fabric/state"),
        fabric_status=_said(gpu, "fabric/status"),
        illness=next((said for said in map(_text, gpu.iter()) if said in _ILL), ""),
    )


def reduced(gpu: ElementTree.Element) -> ElementTree.Element:
    """Return the element with nothing but what is read here."""
    kept = ElementTree.Element("gpu", gpu.attrib)
    kept.extend(child for child in gpu if child.tag in READ)
    return kept


def _text(element: ElementTree.Element) -> str:
    return (element.text or "").strip()


def _said(gpu: ElementTree.Element, path: str) -> str:
    text = (gpu.findtext(path) or "").strip()
    return "" if text in _UNSAID else text


def _bus(text: str) -> str:
    """Read `00000000:18:00.0` as sysfs writes it."""
    found = re.fullmatch(r"0*([0-9a-f]{4,}):(.+)", text.lower())
    return f"{found[1]}:{found[2]}" if found else text.lower()


def _uncorrectable(gpu: ElementTree.Element) -> int:
    """Sum `…_uncorrectable…`, or `double_bit/total` as drivers said for GPUs before Ampere."""
    counts = [each for each in gpu.findall("ecc_errors/volatile/*") if "uncorrectable" in each.tag]
    counts += gpu.findall("ecc_errors/volatile/double_bit/total")
    return sum(int(text) for text in map(_text, counts) if text.isdecimal())


def _slowdowns(gpu: ElementTree.Element) -> Iterator[str]:
    for old_or_new in ("clocks_event_reason", "clocks_throttle_reason"):
        for reason in ("hw_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown"):
            if _said(gpu, f"{old_or_new}s/{old_or_new}_{reason}") == "Active":
                yield reason


def _lanes(gpu: ElementTree.Element, name: str) -> int | None:
    found = re.fullmatch(r"(\d+)x", _said(gpu, f"pci/pci_gpu_link_info/link_widths/{name}"))
    return int(found[1]) if found else None
