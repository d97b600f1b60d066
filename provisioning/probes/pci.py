"""NVIDIA's functions on the PCI bus: who has them, and what stands between two GPUs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioning.probe import Probe

# systemd-detect-virt and lspci cost a process each: they are asked only where two GPUs could talk to each other.
SNIPPET = """
gpus=0
for device in /sys/bus/pci/devices/*; do
  read -r vendor 2>/dev/null <"$device/vendor" && [ "$vendor" = 0x10de ] || continue
  read -r class <"$device/class"; read -r id <"$device/device"
  driver=$(readlink "$device/driver"); translation=
  [ -r "$device/iommu_group/type" ] && read -r translation <"$device/iommu_group/type"
  case $class in 0x03*) gpus=$((gpus + 1));; esac
  echo "function ${device##*/} $class $id ${driver##*/} $translation"
done
[ $gpus -gt 1 ] || exit 0
systemd-detect-virt -q --vm && echo vm
command -v lspci >/dev/null && echo "acs $(lspci -vvv -d ::0604 2>/dev/null | grep -c 'ACSCtl:.*SrcValid+')"
true
"""


@dataclass(frozen=True)
class Function:
    address: str
    kind: int
    """PCI class and subclass: 0x0300 and 0x0302 are GPUs, 0x0680 is an NVSwitch."""
    device: int
    driver: str = ""
    """The kernel driver that has it: `nvidia`, `nouveau`, `vfio-pci`; '' for none."""
    translation: str = ""
    """How the IOMMU treats it: `identity`, `DMA`, `DMA-FQ`; '' without an IOMMU."""


@dataclass(frozen=True)
class Bus:
    functions: tuple[Function, ...]
    vm: bool = False
    """Asked only where there are two GPUs or more."""
    bridges_with_acs: int | None = None
    """PCI bridges that send traffic between GPUs through the processor; None: not known."""

    @property
    def gpus(self) -> tuple[Function, ...]:
        return tuple(each for each in self.functions if each.kind >> 8 == 0x03)

    @property
    def served(self) -> tuple[Function, ...]:
        """Those GPUs that are not set aside for virtual machines."""
        return tuple(gpu for gpu in self.gpus if gpu.driver != "vfio-pci")

    @property
    def switches(self) -> tuple[Function, ...]:
        return tuple(each for each in self.functions if each.kind == 0x0680)


def parse(text: str) -> Bus:
    rows = [line.split(" ") for line in text.splitlines()]
    acs = [int(row[1]) for row in rows if row[0] == "acs"]
    return Bus(tuple(_functions(rows)), vm=["vm"] in rows, bridges_with_acs=acs[0] if acs else None)


def _functions(rows: list[list[str]]) -> Iterator[Function]:
    for row in rows:
        if row[0] == "function":
            yield Function(row[1], int(row[2], 16) >> 8, int(row[3], 16), *row[4:6])


PCI_BUS = Probe("pci_bus", SNIPPET, parse)
