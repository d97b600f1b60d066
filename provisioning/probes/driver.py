"""NVIDIA devices on the bus, the kernel driver, and what nvidia-smi says through it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from provisioning.probe import Probe
from provisioning.probes.engine import version_numbers

# Class 03: VGA, 3D and display controllers. The bus also has NVIDIA's audio functions, bridges and NVSwitches.
PCI_SNIPPET = """
for device in /sys/bus/pci/devices/*; do
  [ "$(cat "$device/vendor" 2>/dev/null)" = 0x10de ] || continue
  case $(cat "$device/class") in 0x03*) echo "${device##*/} $(cat "$device/device")";; esac
done
true
"""


def parse_pci(text: str) -> tuple[str, ...]:
    return tuple(line.split()[0] for line in text.splitlines())


GPUS_ON_BUS = Probe("gpus_on_bus", PCI_SNIPPET, parse_pci)
"""Addresses of the GPUs that the machine has, whether or not a driver serves them."""


def parse_kernel_driver(text: str) -> str:
    found = re.search(r"(\d+\.\d+(?:\.\d+)?)", text)
    if text.strip() and not found:
        raise ValueError(f"/proc/driver/nvidia/version says {text.strip()[:80]!r}")
    return found[1] if found else ""


KERNEL_DRIVER = Probe("kernel_driver", "cat /proc/driver/nvidia/version 2>/dev/null || true", parse_kernel_driver)
"""Version of the loaded kernel module, '' when none is."""


@dataclass(frozen=True)
class Gpus:
    """What `nvidia-smi -q -x` says. `complaint` holds its own words when it failed, or that it is missing."""

    uuids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    cuda: tuple[int, ...] = ()
    """The newest CUDA that the driver serves, such as (12, 8)."""
    complaint: str = ""


SMI_SNIPPET = """
command -v nvidia-smi >/dev/null || { echo missing; exit 0; }
xml=$(nvidia-smi -q -x 2>&1) && { echo answers; printf '%s\\n' "$xml"; exit 0; }
code=$?; [ $code -gt 128 ] && exit $code
echo complains; printf '%s\\n' "$xml"
"""


def parse_smi(text: str) -> Gpus:
    state, _, rest = text.partition("\n")
    if state == "missing":
        return Gpus(complaint="nvidia-smi is not installed")
    if state == "complains":
        return Gpus(complaint=" ".join(rest.split()))
    _, start, report = rest.partition("<nvidia_smi_log")
    try:
        log = ElementTree.fromstring(start + report)  # noqa: S314 - the host's own root wrote it
    except ElementTree.ParseError as error:
        raise ValueError(f"nvidia-smi -q -x gave no report: {error}") from error
    return Gpus(
        uuids=tuple(gpu.findtext("uuid", "").strip() for gpu in log.findall("gpu")),
        names=tuple(gpu.findtext("product_name", "").strip() for gpu in log.findall("gpu")),
        cuda=version_numbers(log.findtext("cuda_version", "").strip()),
    )


GPUS = Probe("gpus", SMI_SNIPPET, parse_smi, seconds=20)
