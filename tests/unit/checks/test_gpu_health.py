"""A GPU that is ill, lost, slow or set up by half: what its own report and the kernel log say."""

from __future__ import annotations

import pytest

from checks.model import Finding, Status
from checks.xid import BUCKETS, Bucket, bucket
from provisioning.probes.kernel_log import Xid
from tests.unit.checks.test_driver import AFTER_SMI, NSPAWN, judged
from tests.unit.described.gpu import AT_PCI, GPU_XML, LOG, SETUP, SMI, smi

SECOND = GPU_XML.replace(":18:", ":3b:").replace("GPU-b6d7", "GPU-c6d7")
TWO_AT_PCI = AT_PCI + "function 0000:3b:00.0 0x030200 0x1eb8 nvidia DMA-FQ\n"
TWO = {
    "gpus_on_bus": "0000:18:00.0 0x1eb8\n0000:3b:00.0 0x1eb8\n",
    "pci_bus": TWO_AT_PCI.replace("DMA-FQ", "identity") + "acs 0\n",
    "gpus": smi(GPU_XML, SECOND),
    "driver_setup": SETUP + "node /dev/nvidia1 666\n",
}
XID_79 = "NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n"
FELL = (
    "NVRM: The NVIDIA GPU 0000:3b:00.0\nNVRM: (PCI ID: 10de:2330) installed in this system has\n"
    "NVRM: fallen off the bus and is not responding to commands.\n"
)
LINKED = (
    "GPU 0: NVIDIA A100 (UUID: GPU-a)\n\t Link 0: 26.562 GB/s\n\t Link 1: 26.562 GB/s\n"
    "GPU 1: NVIDIA A100 (UUID: GPU-b)\n\t Link 0: 26.562 GB/s\n\t Link 1: 26 GB/s\n"
)
NO_RECOVERY = SMI.replace("<gpu_recovery_action>None</gpu_recovery_action>", "")


def xid(code: int, rest: str = "pid=812, name=python") -> dict[str, str]:
    return {"kernel_log": f"{LOG}[  812.345678] NVRM: Xid (PCI:0000:18:00): {code}, {rest}\n"}


def saying(old: str, new: str) -> dict[str, str]:
    assert old in SMI
    return {"gpus": SMI.replace(old, new)}


def troubled(told: dict[str, Finding]) -> set[str]:
    return {name for name, each in told.items() if each.status in {Status.FAIL, Status.WARN, Status.UNKNOWN}}


@pytest.mark.parametrize(
    ("broken", "check", "status", "cause", "remedy"),
    [
        ({**TWO, "gpus": SMI}, "gpu.count", Status.FAIL, "does not serve each", "reboot"),
        ({**xid(95), "gpus": NO_RECOVERY}, "gpu.xid", Status.FAIL, "wants a reset",
         "nvidia-smi --gpu-reset -i 0000:18:00.0"),
        ({**xid(48), "gpus": NO_RECOVERY}, "gpu.xid", Status.FAIL, "wants a reset", "--gpu-reset"),
        ({**xid(54), "gpus": NO_RECOVERY}, "gpu.xid", Status.FAIL, "too little power", "power cables"),
        ({**xid(74), "gpus": NO_RECOVERY}, "gpu.xid", Status.FAIL, "a link between GPUs", "NVLink workflow"),
        (xid(95), "gpu.xid", Status.WARN, "wants a reset", "--gpu-reset"),
        (xid(13), "gpu.xid", Status.WARN, "the application's own fault", "Restart the application"),
        (xid(999), "gpu.xid", Status.WARN, "not among those known", "Look the code up"),
        (saying("<dram_uncorrectable>0", "<dram_uncorrectable>2"), "gpu.ecc", Status.FAIL, "2 uncorrectable",
         "--gpu-reset"),
        (saying("<remapped_row_failure>No", "<remapped_row_failure>Yes"), "gpu.remap", Status.FAIL, "than it has spare",
         "replaced"),
        (saying("<remapped_row_pending>No", "<remapped_row_pending>Yes"), "gpu.remap", Status.WARN, "at the next reset",
         "--gpu-reset"),
        (saying("<pending_ecc>Enabled", "<pending_ecc>Disabled"), "gpu.ecc_mode", Status.WARN, "next reboot", "reboot"),
        (saying("hw_thermal_slowdown>Not Active", "hw_thermal_slowdown>Active"), "gpu.throttle", Status.WARN,
         "hw_thermal_slowdown", "fans"),
        (saying("<current_link_width>16x", "<current_link_width>4x"), "gpu.pcie", Status.WARN, "4 of 16 lanes",
         "Reseat"),
        (saying("<current_mig>N/A</current_mig><pending_mig>N/A",
                "<current_mig>Disabled</current_mig><pending_mig>Enabled"), "gpu.mig", Status.FAIL, "will be Enabled",
         "--gpu-reset"),
        (saying("<current_mig>N/A</current_mig><pending_mig>N/A",
                "<current_mig>Enabled</current_mig><pending_mig>Enabled"), "gpu.mig", Status.FAIL, "no instances has",
         "nvidia-smi mig -cgi"),
        (saying("<gpu_recovery_action>None", "<gpu_recovery_action>Reset"), "gpu.recovery", Status.FAIL, "Reset",
         "--gpu-reset"),
        (saying("<gpu_recovery_action>None", "<gpu_recovery_action>Reboot"), "gpu.recovery", Status.FAIL, "Reboot",
         "sudo reboot"),
        (saying("<compute_mode>Default", "<compute_mode>Exclusive_Process"), "gpu.compute_mode", Status.WARN,
         "busy or unavailable", "--compute-mode=0"),
        ({**TWO, "pci_bus": TWO_AT_PCI}, "gpu.iommu", Status.WARN, "through the IOMMU", "iommu=pt"),
        ({**TWO, "pci_bus": TWO["pci_bus"].replace("acs 0", "acs 3")}, "gpu.iommu", Status.WARN, "3 PCI bridges",
         "setpci"),
        ({**TWO, "nvlink": LINKED.replace("1: 26 GB/s\n", "1: <inactive>\n")}, "gpu.nvlink", Status.WARN,
         "GPU 1: 1 of 2 links", "errorcounters"),
    ],
)  # fmt: skip
def test_one_fault_is_named_alone(broken: dict[str, str], check: str, status: Status, cause: str, remedy: str) -> None:
    told = judged(**broken)
    assert troubled(told) == {check}
    assert told[check].status is status
    assert cause in f"{told[check].seen} {told[check].cause}"
    assert remedy in str(told[check].remedy)


@pytest.mark.parametrize(("log", "cause"), [(XID_79, "gpu.xid"), (FELL, "gpu.offbus"), (XID_79 + FELL, "gpu.xid")])
def test_a_lost_gpu_is_the_cause_whoever_misses_it(log: str, cause: str) -> None:
    one_left = judged(**{**TWO, "gpus": SMI, "kernel_log": LOG + log})
    assert {name for name, each in one_left.items() if each.status is Status.FAIL} == {cause}
    assert one_left["gpu.count"].blocked_by == cause and one_left["gpu.iommu"].blocked_by == cause
    handle = "complains\nUnable to determine the device handle for GPU 0000:3b:00.0: Unknown Error\n"
    none_left = judged(**{**TWO, "gpus": handle, "kernel_log": LOG + log})
    assert {name for name, each in none_left.items() if each.status is Status.FAIL} == {cause}
    assert {name for name, each in none_left.items() if each.blocked_by == cause} == {"smi.answers", *AFTER_SMI}
    assert set(none_left[cause].explains) == {"smi.answers", *AFTER_SMI}
    assert "0000:3b:00" in none_left[cause].seen and "reboot" in str(none_left[cause].remedy)


def test_a_container_does_not_blame_the_log_of_the_kernel_under_it() -> None:
    told = judged(**{**TWO, "gpus": SMI, "kernel_log": XID_79, "machine": NSPAWN})
    assert told["gpu.xid"].status is told["gpu.offbus"].status is Status.NOT_APPLICABLE
    assert troubled(told) == {"gpu.count"} and told["gpu.count"].status is Status.FAIL


@pytest.mark.parametrize(
    ("told", "check", "status"),
    [
        (xid(43), "gpu.xid", Status.PASS),
        (saying("Enabled</current_ecc><pending_ecc>Enabled", "N/A</current_ecc><pending_ecc>N/A"), "gpu.ecc",
         Status.NOT_APPLICABLE),
        ({"gpus": NO_RECOVERY}, "gpu.recovery", Status.NOT_APPLICABLE),
        (TWO, "gpu.count", Status.PASS),
        (TWO, "gpu.iommu", Status.PASS),
        ({**TWO, "pci_bus": TWO_AT_PCI + "vm\n"}, "gpu.iommu", Status.NOT_APPLICABLE),
        ({**TWO, "gpus": SMI, "pci_bus": TWO_AT_PCI.replace("3b:00.0 0x030200 0x1eb8 nvidia", "3b:00.0 0x030200 0x1eb8 "
          "vfio-pci")}, "gpu.count", Status.PASS),
        ({"nvlink": "NVML: Unable to retrieve Nvlink information as all links are inActive\n"}, "gpu.nvlink",
         Status.NOT_APPLICABLE),
        ({"nvlink": LINKED}, "gpu.nvlink", Status.PASS),
        (saying("<max_link_width>16x", "<max_link_width>N/A"), "gpu.pcie", Status.NOT_APPLICABLE),
        (saying("None\n  </mig_devices>", "<mig_device><index>0</index></mig_device>\n</mig_devices>"), "gpu.mig",
         Status.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_edges(told: dict[str, str], check: str, status: Status) -> None:
    assert judged(**told)[check].status is status


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GPU recovery action changed from 0x0 (None) to 0x2 (Node Reboot Required)", Bucket.RESTART_MACHINE),
        ("GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)", Bucket.RESET),
        ("GPU recovery action changed from 0x1 (GPU Reset Required) to 0x0 (None)", Bucket.IGNORE),
    ],
)
def test_the_driver_announces_what_it_wants(text: str, kind: Bucket) -> None:
    assert bucket(Xid("0000:18:00", 154, text)) is kind


def test_each_bucket_has_its_codes() -> None:
    assert len(BUCKETS) == 28 and set(BUCKETS.values()) == set(Bucket) - {Bucket.LOOK_UP}
