"""The driver broken in one way: its check fails with the cause, and what follows from it is blocked."""

from __future__ import annotations

import pytest

from checks import graph
from checks.model import Finding, Status
from provisioning.probe import Answer, Facts
from tests.unit.checks.judged_host import DEEP, HEALTHY, findings
from tests.unit.described.gpu import AT_PCI, KERNEL, LOG, SETUP, SMI
from tests.unit.described_host import READY, UBUNTU, facts

MINE = [check for check in graph.all_checks() if check.id.startswith(("drv.", "gpu.", "smi."))]
HOST = READY["machine"]
NSPAWN = HOST.replace("container none", "container systemd-nspawn")

AFTER_SMI = {
    "drv.persist", "gpu.count", "gpu.ecc", "gpu.remap", "gpu.ecc_mode", "gpu.throttle", "gpu.pcie", "gpu.mig",
    "gpu.recovery", "gpu.compute_mode", "gpu.nvlink", "gpu.iommu", "drv.hmm",
}  # fmt: skip
AFTER_NODES = {"smi.answers", "drv.devchar", *AFTER_SMI}
AFTER_MATCH = {"drv.nodes", "drv.fabric", "drv.latent", *AFTER_NODES}
AFTER_INIT = {"drv.nodes", *AFTER_NODES}
AFTER_LOADED = {"drv.flavour", "drv.rminit", "drv.match", "gpu.xid", "gpu.offbus", *AFTER_MATCH}

NOT_LOADED = {"kernel_driver": "", "gpus": "complains\nNVIDIA-SMI has failed because it couldn't communicate\n"}
NO_MODULE = SETUP.replace("module ", "modul ").replace("dkms built", "dkms added")
NOTHING = {"kernel_driver": "", "gpus": "missing\n", "driver_setup": f"modinfo\nheaders {KERNEL}\n"}
OPEN_ONLY = (
    "[    5.559842] NVRM: The NVIDIA GPU 0000:18:00.0 (PCI ID: 10de:2c58)\n"
    "               NVRM: installed in this system requires use of the NVIDIA open\nNVRM: kernel modules.\n"
    "[    5.559858] NVRM: GPU 0000:18:00.0: RmInitAdapter failed! (0x22:0x56:884)\n"
)
GSP = (
    "NVRM: GPU 0000:18:00.0: RmInitAdapter failed! (0x62:0x65:1792)\n"
    "NVRM: RmInitAdapter: Cannot initialize GSP firmware RM\n"
)
MISMATCH = "complains\nFailed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.124\n"
NO_LIBRARY = "complains\nNVIDIA-SMI couldn't find libnvidia-ml.so library in your system.\n"
NO_DEVICES = "complains\nNo devices were found\n"


def judged(**answers: str) -> dict[str, Finding]:
    return {each.check: each for each in graph.judge(facts({**READY, **answers}), MINE)}


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy", "blocked"),
    [
        (NOTHING, "drv.installed", "No NVIDIA driver", "linux-headers-cloud-amd64 nvidia-driver",
         {"drv.nouveau", "drv.built", "drv.secureboot", "drv.loaded", "drv.held", *AFTER_LOADED}),
        ({**NOTHING, "operating_system": UBUNTU}, "drv.installed", "No NVIDIA driver", "ubuntu-drivers install --gpgpu",
         {"drv.nouveau", "drv.built", "drv.secureboot", "drv.loaded", "drv.held", *AFTER_LOADED}),
        ({**NOT_LOADED, "pci_bus": AT_PCI.replace("nvidia", "vfio-pci")}, "gpu.bound", "Another driver",
         "driverctl unset-override 0000:18:00.0", {"drv.loaded", *AFTER_LOADED}),
        ({**NOT_LOADED, "pci_bus": AT_PCI.replace("nvidia", "nouveau"), "driver_setup": "nouveau\n" + SETUP},
         "drv.nouveau", "nouveau took the GPU", "update-initramfs -u && sudo reboot", {"drv.loaded", *AFTER_LOADED}),
        ({**NOT_LOADED, "driver_setup": NO_MODULE}, "drv.built", "not built for the running kernel.",
         "dkms autoinstall && sudo modprobe nvidia", {"drv.secureboot", "drv.loaded", *AFTER_LOADED}),
        ({**NOT_LOADED, "driver_setup": NO_MODULE.replace(f"headers {KERNEL}\n", "")}, "drv.built",
         "headers are not installed", f"linux-headers-{KERNEL}", {"drv.secureboot", "drv.loaded", *AFTER_LOADED}),
        ({**NOT_LOADED, "driver_setup": NO_MODULE.replace("dkms added", "dkms failed")}, "drv.built",
         "not built", "dkms autoinstall", {"drv.secureboot", "drv.loaded", *AFTER_LOADED}),
        ({**NOT_LOADED, "driver_setup": SETUP.replace("secure_boot 0", "secure_boot 1"),
          "kernel_log": LOG + "Loading of module with unavailable key is rejected\n"}, "drv.secureboot",
         "signed with an enrolled key", "mokutil --import /var/lib/dkms/mok.pub", {"drv.loaded", *AFTER_LOADED}),
        (NOT_LOADED, "drv.loaded", "not loaded", "modprobe nvidia", AFTER_LOADED),
        ({"kernel_log": LOG + OPEN_ONLY, "gpus": NO_DEVICES}, "drv.flavour", "requires the open kernel modules",
         "nvidia-open-kernel-dkms", {"drv.rminit", *AFTER_INIT}),
        ({"kernel_log": LOG + OPEN_ONLY, "gpus": NO_DEVICES, "operating_system": UBUNTU}, "drv.flavour", "requires",
         "nvidia-driver-NNN-open", {"drv.rminit", *AFTER_INIT}),
        ({"kernel_log": LOG + OPEN_ONLY, "gpus": NO_DEVICES, "operating_system": UBUNTU,
          "packages": "hi  nvidia-driver-580 1\n"}, "drv.flavour", "requires",
         "apt-get purge -y nvidia-driver-580 && sudo apt-get install -y nvidia-driver-580-open",
         {"drv.rminit", *AFTER_INIT}),
        ({"pci_bus": AT_PCI.replace("0x1eb8", "0x2b85"), "gpus": NO_DEVICES}, "drv.flavour", "requires the open",
         "nvidia-open-kernel-dkms", {"drv.rminit", *AFTER_INIT}),
        ({"pci_bus": AT_PCI.replace("0x1eb8", "0x1db1"), "gpus": NO_DEVICES,
          "driver_setup": SETUP.replace("license NVIDIA", "license Dual MIT/GPL")}, "drv.flavour", "before Turing",
         "nvidia-driver", {"drv.rminit", *AFTER_INIT}),
        ({"kernel_log": LOG + GSP, "gpus": NO_DEVICES}, "drv.rminit", "its firmware is missing", "poweroff",
         AFTER_INIT),
        ({"gpus": MISMATCH}, "drv.match", "upgraded", "reboot", AFTER_MATCH),
        ({"driver_setup": SETUP.replace("so.550.163.01", "so.570.124.06")}, "drv.match", "upgraded", "reboot",
         AFTER_MATCH),
        ({"driver_setup": SETUP.replace("library", "lib"), "gpus": NO_LIBRARY}, "drv.match",
         "libraries are not installed", "ldconfig", AFTER_MATCH),
        ({"driver_setup": SETUP.replace("node /dev/nvidia-uvm 666\n", "")}, "drv.nodes", "/dev/nvidia-uvm",
         "nvidia-modprobe -u -c0", AFTER_NODES),
        ({"driver_setup": SETUP.replace("node /dev/nvidia0 666\n", "").replace("nvidia-modprobe\n", ""),
          "gpus": NO_DEVICES}, "drv.nodes", "1 of /dev/nvidia0 to 0",
         "nvidia-ctk system create-device-nodes", AFTER_NODES),
        ({"gpus": "missing\n"}, "smi.answers", "only the kernel module", "nvidia-utils-NNN", AFTER_SMI),
        ({"gpus": "complains\nUnable to determine the device handle for GPU 0000:18:00.0: Unknown Error\n"},
         "smi.answers", "gets no answer", "reboot", AFTER_SMI),
        ({"gpus": SMI.replace("<pci>", "<performance_state>GPU requires reset</performance_state><pci>")},
         "smi.answers", "GPU requires reset", "reboot", AFTER_SMI),
    ],
)  # fmt: skip
def test_one_fault_is_named_and_what_follows_from_it_is_blocked(
    broken: dict[str, str], check: str, cause: str, remedy: str, blocked: set[str]
) -> None:
    told = judged(**broken)
    assert {name for name, each in told.items() if each.status is Status.FAIL} == {check}
    assert cause in told[check].cause + told[check].seen
    assert remedy in str(told[check].remedy)
    assert {name for name, each in told.items() if each.status is Status.BLOCKED} == blocked
    assert {each.blocked_by for each in told.values()} == {check, ""}
    assert set(told[check].explains) == blocked
    assert not {each.status for each in told.values()} & {Status.WARN, Status.UNKNOWN}


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        ({"driver_setup": SETUP.replace("module version 550.163.01", "module version 570.124.06")}, "drv.latent",
         "570.124.06 is on the disk", "reboot"),
        ({"driver_setup": SETUP + "kernel 6.12.9-1-cloud-amd64\n"}, "drv.latent", "boots next",
         "linux-headers-6.12.9-1-cloud-amd64"),
        ({"driver_setup": SETUP + "upgrades 1\n", "packages": READY["packages"] + "ii  nvidia-driver 550.163.01-2\n"},
         "drv.held", "An upgrade at night", "apt-mark hold nvidia-driver"),
        ({"gpus": SMI.replace("<persistence_mode>Enabled", "<persistence_mode>Disabled"),
          "driver_setup": SETUP.replace("persistenced active", "persistenced inactive")}, "drv.persist",
         "An idle driver forgets", "systemctl enable --now nvidia-persistenced"),
        ({"driver_setup": SETUP.replace("devchar\n", ""), "packages": "ii  containerd.io 1.6.20-1\n"}, "drv.devchar",
         "daemon-reload", "create-dev-char-symlinks"),
        ({"driver_setup": SETUP.replace("nvidia0 666", "nvidia0 660")}, "drv.nodes", "Only root",
         "NVreg_DeviceFileMode"),
    ],
)  # fmt: skip
def test_what_works_until_later_is_a_warning(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    told = judged(**broken)
    assert {name for name, each in told.items() if each.status not in {Status.PASS, Status.NOT_APPLICABLE}} == {check}
    assert told[check].status is Status.WARN
    assert cause in told[check].cause + told[check].seen and remedy in str(told[check].remedy)


SWITCHES = AT_PCI + "function 0000:05:00.0 0x068000 0x22a3 nvidia\n"
IN_FABRIC = SMI.replace("<state>N/A</state><status>N/A", "<state>Completed</state><status>Success")
MANAGED = {
    "pci_bus": SWITCHES, "gpus": IN_FABRIC, "driver_setup": SETUP + "unit nvidia-fabricmanager active\n",
    "packages": READY["packages"] + "ii  nvidia-fabricmanager-550 550.163.01-1\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        (MANAGED, Status.PASS, "1 NVSwitch(es), fabric manager 550.163.01-1"),
        ({**MANAGED, "driver_setup": SETUP}, Status.FAIL, "apt-get install -y 'nvidia-fabricmanager-550=550.163.01*'"),
        ({**MANAGED, "driver_setup": SETUP + "unit nvidia-fabricmanager failed\n"}, Status.FAIL,
         "systemctl enable --now nvidia-fabricmanager"),
        ({**MANAGED, "packages": "ii  nvidia-fabricmanager-550 550.90.07-1\n"}, Status.FAIL, "of its own version"),
        ({**MANAGED, "gpus": IN_FABRIC.replace("Completed", "In Progress")}, Status.FAIL, "In Progress"),
        ({"gpus": IN_FABRIC}, Status.PASS, "on the machine below"),
        ({}, Status.NOT_APPLICABLE, "no NVSwitch"),
    ],
)  # fmt: skip
def test_the_fabric_manager_is_needed_where_there_are_switches(
    answers: dict[str, str], status: Status, words: str
) -> None:
    found = judged(**answers)["drv.fabric"]
    assert found.status is status
    assert words in f"{found.seen} {found.cause} {found.remedy}"


@pytest.mark.parametrize(
    ("answers", "check", "status"),
    [
        ({"gpus_on_bus": "", "pci_bus": ""}, "gpu.pci", Status.FAIL),
        ({"gpus_on_bus": "", "pci_bus": "", "kernel_driver": ""}, "gpu.pci", Status.NOT_APPLICABLE),
        ({"kernel_log": LOG + GSP}, "drv.rminit", Status.PASS),
        ({"machine": NSPAWN, "kernel_log": GSP, "gpus": NO_DEVICES}, "drv.rminit", Status.NOT_APPLICABLE),
        ({"machine": NSPAWN}, "drv.loaded", Status.PASS),
        ({**NOT_LOADED, "driver_setup": "library /x\n"}, "drv.built", Status.UNKNOWN),
        ({"driver_setup": "nouveau\n" + SETUP}, "drv.nouveau", Status.PASS),
        ({"driver_setup": SETUP + "kernel 6.12.9\nmodule_for 6.12.9\n"}, "drv.latent", Status.PASS),
        ({"driver_setup": SETUP + "kernel 6.1.9\n"}, "drv.latent", Status.PASS),
        ({"driver_setup": SETUP + "upgrades 1\nspared\n", "packages": "ii  nvidia-open 1\n"}, "drv.held", Status.PASS),
        ({"driver_setup": SETUP + "upgrades 0\n", "packages": "ii  nvidia-driver 1\n"}, "drv.held", Status.PASS),
        ({"driver_setup": SETUP.replace("secure_boot 0", "secure_boot 1")}, "drv.secureboot", Status.PASS),
        ({"driver_setup": SETUP.replace("devchar\n", "")}, "drv.devchar", Status.PASS),
        ({"driver_setup": SETUP.replace("node /dev/nvidia0 666\n", "")}, "drv.nodes", Status.PASS),
    ],
)  # fmt: skip
def test_edges(answers: dict[str, str], check: str, status: Status) -> None:
    assert judged(**answers)[check].status is status


USES_HMM = SMI.replace("<mig_mode>", "<addressing_mode>HMM</addressing_mode><mig_mode>")


@pytest.mark.parametrize(
    ("cuinit", "answers", "status"),
    [
        ("3 0", {"gpus": USES_HMM}, Status.FAIL),
        ("802 0", {"gpus": USES_HMM}, Status.FAIL),
        ("802 0", {"gpus": USES_HMM, "pci_bus": SWITCHES}, Status.PASS),
        ("0 1", {"gpus": USES_HMM}, Status.PASS),
        ("unstarted no", {"gpus": USES_HMM}, Status.NOT_APPLICABLE),
        ("3 0", {}, Status.NOT_APPLICABLE),
    ],
)
def test_hmm_that_is_broken_is_the_cause_of_cuda_that_does_not_start(
    cuinit: str, answers: dict[str, str], status: Status
) -> None:
    told = findings(facts({**READY, **DEEP, **answers, "host_image": f"made\nengine runs\ncuda {cuinit}\n"}))
    assert told["drv.hmm"].status is status
    assert told["ctr.cuda"].blocked_by == ("drv.hmm" if status is Status.FAIL else "")
    assert ("uvm_disable_hmm=1" in str(told["drv.hmm"].remedy)) is (status is Status.FAIL)


def test_hmm_is_not_judged_where_no_container_was_started() -> None:
    assert judged(gpus=USES_HMM)["drv.hmm"].status is Status.NOT_RUN


def test_absent_failing_and_hanging_are_three_things() -> None:
    hanging = findings(HEALTHY.including(Facts({"gpus": Answer(137)})))["smi.answers"]
    assert hanging.status is Status.UNKNOWN and "no answer within 20 s; it hangs" in hanging.seen
    seen = {judged(gpus=text)["smi.answers"].seen for text in ("missing\n", "complains\nGPU is lost\n")}
    assert seen == {"nvidia-smi is not installed", "GPU is lost"}


@pytest.mark.parametrize("probe", ["driver_setup", "pci_bus", "kernel_driver"])
def test_what_could_not_be_read_blames_nobody(probe: str) -> None:
    told = graph.judge(facts(READY).including(Facts({probe: Answer(1, "", "Permission denied")})), MINE)
    assert Status.UNKNOWN in {each.status for each in told}
    assert {each.status for each in told} <= {Status.PASS, Status.NOT_APPLICABLE, Status.UNKNOWN}


def test_a_kernel_log_that_is_closed_is_no_healthy_one() -> None:
    denied = Answer(1, "", "dmesg: read kernel buffer failed: Operation not permitted")
    told = {each.check: each for each in graph.judge(facts(READY).including(Facts({"kernel_log": denied})), MINE)}
    assert told["gpu.xid"].status is Status.UNKNOWN and "Operation not permitted" in told["gpu.xid"].seen
