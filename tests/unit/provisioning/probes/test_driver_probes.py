"""What is read of the driver, the bus and the kernel log, in old wordings and new."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from provisioning.probes import driver, driver_setup, gpu_report, kernel_log, pci
from provisioning.probes.gpu_report import Gpu
from tests.unit.described.gpu import AT_PCI, BUS, GPU_XML, SETUP, SMI, UUID

PASCAL_WITH_470 = """\
<gpu id="00000000:01:00.0">
  <product_name>Tesla P100</product_name>
  <clocks_throttle_reasons>
    <clocks_throttle_reason_hw_thermal_slowdown>N/A</clocks_throttle_reason_hw_thermal_slowdown>
    <clocks_throttle_reason_hw_power_brake_slowdown>Active</clocks_throttle_reason_hw_power_brake_slowdown>
  </clocks_throttle_reasons>
  <ecc_errors><volatile>
    <single_bit><device_memory>9</device_memory><total>9</total></single_bit>
    <double_bit><device_memory>3</device_memory><total>3</total></double_bit>
  </volatile><aggregate><double_bit><total>7</total></double_bit></aggregate></ecc_errors>
</gpu>"""


def read(text: str) -> Gpu:
    return gpu_report.read(ElementTree.fromstring(text))


def test_a_report_of_today() -> None:
    found = read(GPU_XML)
    assert (found.bus, found.uuid, found.persistence, found.recovery) == (BUS, UUID, "Enabled", "None")
    assert (found.width, found.full_width, found.uncorrectable, found.slowdowns) == (16, 16, 0, ())
    assert (found.mig, found.fabric, found.illness) == ("", "", "")


def test_a_report_of_an_old_driver() -> None:
    found = read(PASCAL_WITH_470)
    assert (found.slowdowns, found.uncorrectable) == (("hw_power_brake_slowdown",), 3)
    assert (found.recovery, found.width, found.ecc) == ("", None, "")


def test_errors_of_ampere_are_summed() -> None:
    parts = {"sram_uncorrectable_parity": 1, "sram_uncorrectable_secded": 2}
    text = "".join(f"<{name}>{count}</{name}>" for name, count in parts.items())
    assert read(GPU_XML.replace("<sram_uncorrectable>0</sram_uncorrectable>", text)).uncorrectable == 3


def test_a_warning_behind_the_report_spoils_nothing() -> None:
    text = SMI + "WARNING: infoROM is corrupted at gpu 0000:18:00.0\n"
    assert driver.parse_smi(text) == driver.parse_smi(SMI)


def test_serial_numbers_and_processes_are_not_saved() -> None:
    shown = driver.redact_smi(SMI)
    assert "1561122009381" not in shown and "ada" not in shown
    assert driver.parse_smi(shown) == driver.parse_smi(SMI)
    assert driver.redact_smi("missing\n") == "missing\n"


def test_the_bus() -> None:
    found = pci.parse(
        AT_PCI + "function 0000:05:00.0 0x068000 0x22a3 \nfunction 0000:3b:00.0 0x030000 0x2b85 vfio-pci\n"
    )
    assert [gpu.address for gpu in found.gpus] == [BUS, "0000:3b:00.0"]
    assert [gpu.address for gpu in found.served] == [BUS]
    assert [switch.address for switch in found.switches] == ["0000:05:00.0"]
    assert found.gpus[0].translation == "DMA-FQ" and found.gpus[0].device == 0x1EB8
    assert not found.vm and found.bridges_with_acs is None


def test_messages_that_the_driver_breaks_are_joined() -> None:
    found = kernel_log.parse(
        "[ 9.8] NVRM: The NVIDIA GPU 0000:b3:00.0\n"
        "               NVRM: (PCI ID: 10de:2330) installed in this system has\n"
        "               NVRM: fallen off the bus and is not responding to commands.\n"
    )
    assert found.off_the_bus == ("0000:b3:00",)
    assert "installed in this system has fallen off the bus" in found.text


@pytest.mark.parametrize(
    "line",
    [
        "[88.1] NVRM: Xid (PCI:0000:C6:00): 79, pid='<unknown>', GPU has fallen off the bus.",
        "NVRM: Xid (0000:c6:00): 79, GPU has fallen off the bus.",
        "NVRM: Xid (PCI:0000:c6:00.0): 79, GPU has fallen off the bus.",
    ],
)
def test_xids_of_old_drivers_and_new(line: str) -> None:
    [found] = kernel_log.parse(line).xids
    assert (found.bus, found.code) == ("0000:c6:00", 79) and found.text.endswith("fallen off the bus.")


def test_who_ran_what_is_not_saved_of_the_log() -> None:
    shown = kernel_log.redact(
        "NVRM: Xid (PCI:0000:18:00): 31, pid=812, name=ada-trains, Ch 0\nBoard Serial Number: 42\n"
    )
    assert "ada" not in shown and "42" not in shown and ", Ch 0" in shown


def test_how_the_driver_is_installed() -> None:
    found = driver_setup.parse(SETUP)
    assert found.module == driver_setup.Module(
        "550.163.01", "NVIDIA", "6.12.0-1-cloud-amd64", "DKMS module signing key"
    )
    assert not found.module.open and found.library_version == "550.163.01"
    assert found.nodes["/dev/nvidia0"] == 0o666 and found.units == {"nvidia-persistenced": "active"}
    assert found.dkms == {"/var/lib/dkms/nvidia-current/550.163.01": "built"}
    assert not found.secure_boot and not found.upgrades


def test_a_host_without_a_driver() -> None:
    found = driver_setup.parse("modinfo\n")
    assert found.module is None and found.library_version == "" and not found.nodes
