"""NVIDIA devices on the bus, the kernel driver, and what nvidia-smi says through it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from provisioning.probe import Probe
from provisioning.probes import gpu_report
from provisioning.probes.engine import version_numbers
from provisioning.probes.gpu_report import Gpu

# Class 03: VGA, 3D and display controllers. The bus also has NVIDIA's audio functions, bridges and NVSwitches.
PCI_SNIPPET = """
for device in /sys/bus/pci/devices/*; do
  read -r vendor 2>/dev/null <"$device/vendor" && [ "$vendor" = 0x10de ] || continue
  read -r class <"$device/class"; read -r id <"$device/device"
  case $class in 0x03*) echo "${device##*/} $id";; esac
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

    gpus: tuple[Gpu, ...] = ()
    cuda: tuple[int, ...] = ()
    """The newest CUDA that the driver serves, such as (12, 8)."""
    complaint: str = ""
    missing: bool = False
    """There is no nvidia-smi on the host."""

    @property
    def uuids(self) -> tuple[str, ...]:
        return tuple(gpu.uuid for gpu in self.gpus)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(gpu.name for gpu in self.gpus)


# A whole report counts whatever the exit code: with a corrupt infoROM, say, nvidia-smi ends with 14 behind it.
# The clocks that a GPU could have, and who uses it, are most of the report and of no use here.
SMI_SNIPPET = r"""
command -v nvidia-smi >/dev/null || { echo missing; exit 0; }
xml=$(nvidia-smi -q -x 2>&1); code=$?
[ $code -gt 128 ] && exit $code
case $code$xml in 0*|*'</nvidia_smi_log>'*) echo answers;; *) echo complains;; esac
printf '%s\n' "$xml" | sed '/<supported_clocks>[[:space:]]*$/,/<\/supported_clocks>/d
/<processes>[[:space:]]*$/,/<\/processes>/d
/<accounted_processes>[[:space:]]*$/,/<\/accounted_processes>/d'
"""
_END = "</nvidia_smi_log>"


def parse_smi(text: str) -> Gpus:
    state, _, rest = text.partition("\n")
    if state == "missing":
        return Gpus(complaint="nvidia-smi is not installed", missing=True)
    if state == "complains":
        return Gpus(complaint=" ".join(rest.split()) or "nvidia-smi failed without a word")
    log = _report(rest)
    return Gpus(
        gpus=tuple(gpu_report.read(gpu) for gpu in log.findall("gpu")),
        cuda=version_numbers(log.findtext("cuda_version", "").strip()),
    )


def _report(text: str) -> ElementTree.Element:
    """Read the report out of what may stand around it, such as a warning of a corrupt infoROM behind it."""
    _, start, report = text.partition("<nvidia_smi_log")
    try:
        return ElementTree.fromstring(start + report.partition(_END)[0] + _END)  # noqa: S314 - the host's root wrote it
    except ElementTree.ParseError as error:
        raise ValueError(f"no report, but {text.strip()[:60]!r}") from error


def redact_smi(text: str) -> str:
    """Keep of the report what is read here: the rest holds serial numbers and what people run."""
    state, _, rest = text.partition("\n")
    if state != "answers":
        return text
    log = _report(rest)
    kept = ElementTree.Element(log.tag)
    kept.extend(each for each in log if each.tag in ("driver_version", "cuda_version"))
    kept.extend(gpu_report.reduced(gpu) for gpu in log.findall("gpu"))
    return f"{state}\n{ElementTree.tostring(kept, encoding='unicode')}\n"


GPUS = Probe("gpus", SMI_SNIPPET, parse_smi, seconds=20, redact=redact_smi)
