"""GPU profiles and what they look like from inside a host."""

from __future__ import annotations

import struct
from xml.etree import ElementTree as ET

import pytest

from lab.gpu.profiles import PROFILES, Profile, has_driver, profile
from lab.gpu.render import bus_files, driver_files, proc_version, query_xml
from lab.gpu.shared_object import shared_object
from provisioning.errors import UsageError


@pytest.mark.parametrize(
    ("name", "count", "driver"),
    [("none", 0, False), ("t4", 1, True), ("a100", 1, True), ("h100x8", 8, True), ("h100x8-nodriver", 8, False)],
)
def test_profiles_by_name(name: str, count: int, driver: bool) -> None:
    found = profile(name)
    assert (len(found.gpus) if found else 0) == count
    assert has_driver(name) is driver


@pytest.mark.parametrize("name", ["", "h100", "t4-", "none-nodriver", "T4"])
def test_unknown_profile_lists_the_known(name: str) -> None:
    with pytest.raises(UsageError, match="h100x8-nodriver"):
        profile(name)


@pytest.mark.parametrize("gpu", PROFILES.values(), ids=PROFILES)
def test_uuids_and_bus_ids_are_unique(gpu: Profile) -> None:
    assert len({each.uuid for each in gpu.gpus}) == len({each.bus_id for each in gpu.gpus}) == gpu.count


@pytest.mark.parametrize("gpu", PROFILES.values(), ids=PROFILES)
def test_bus_shows_an_nvidia_3d_controller(gpu: Profile) -> None:
    files = dict(bus_files(gpu))
    for each in gpu.gpus:
        assert files[f"pci/{each.bus_id}/vendor"] == "0x10de\n"
        assert files[f"pci/{each.bus_id}/class"].startswith("0x03")
        assert files[f"pci/{each.bus_id}/device"] == f"{gpu.pci_device}\n"


@pytest.mark.parametrize("gpu", PROFILES.values(), ids=PROFILES)
def test_xml_has_what_tools_ask_for(gpu: Profile) -> None:
    for each in gpu.gpus:
        element = ET.fromstring(query_xml(gpu, each))
        assert element.findtext("uuid") == each.uuid
        assert element.findtext("product_name") == gpu.product
        assert element.findtext("minor_number") == str(each.minor)
        assert element.get("id") == element.findtext("pci/pci_bus_id") == f"0000{each.bus_id}".upper()
        assert element.findtext("mig_mode/current_mig") == gpu.mig_mode
        assert element.findtext("ecc_errors/volatile/dram_uncorrectable") == "0"


def test_driver_files_agree_on_the_version() -> None:
    gpu = PROFILES["h100x8"]
    files = dict(driver_files(gpu))
    assert files["smi/versions"] == "driver=580.82.07\ncuda=13.0\n"
    assert "580.82.07" in files["driver/version"]
    assert f"uuid={gpu.gpus[3].uuid}\n" in files["smi/3.fields"]
    assert files["minors"].split() == [str(minor) for minor in range(8)]


@pytest.mark.parametrize(("name", "kind"), [("t4", "NVIDIA UNIX x86_64 Kernel"), ("h100x8", "NVIDIA UNIX Open Kernel")])
def test_kernel_module_flavour_and_ownership(name: str, kind: str) -> None:
    text = proc_version(PROFILES[name])
    assert text.startswith(f"NVRM version: {kind} Module")
    assert "stand-in" in text


@pytest.mark.parametrize(("machine", "number"), [("x86_64", 62), ("aarch64", 183)])
def test_shared_object_is_an_elf_library_with_its_name(machine: str, number: int) -> None:
    content = shared_object("libcuda.so.1", machine)
    assert content[:5] == b"\x7fELF\x02"
    assert struct.unpack_from("<HH", content, 16) == (3, number)
    assert b"\0libcuda.so.1\0" in content
