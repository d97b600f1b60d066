"""What `toolbox.doctor` says of each fault, on Windows and elsewhere: once well, once for each way to fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.graph import judge
from checks.model import Finding, Status
from checks.toolbox import checks_of
from checks.toolbox.seen import Seen
from provisioning.errors import Unreachable, UnsupportedHost
from provisioning.probe import Facts
from provisioning.toolbox.guest import Guest
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.mounts import Mount
from provisioning.toolbox.shares import Share, Wish
from provisioning.toolbox.workstation import Workstation

WINDOWS = Workstation(True, "", "", {"DOCKER_HOST": "tcp://192.168.99.100:2376", "DOCKER_MACHINE_NAME": "default"})
POSIX = replace(WINDOWS, windows=False)
WORKS = Share("d/Works", r"D:\Works", automount=True)
GUEST = Guest((Mount("d/Works", "/d/Works", "vboxsf"),))
MACHINE = Machine("default", "running", (6, 1), (WORKS,), guest=GUEST)
WELL = Seen(
    WINDOWS,
    vboxmanage=r"C:\VBoxManage.exe",
    version="6.1.50r161033\n",
    docker_machine="docker-machine",
    machine=MACHINE,
    address="192.168.99.100",
    system={"virtualization": "True", "hypervisor": "False"},
)
OFF = replace(MACHINE, state="poweroff", guest=None)
HYPER_V = {
    "virtualization": "False",
    "hypervisor": "True",
    "feature Microsoft-Hyper-V": "1",
    "memory-integrity": "True",
}


def findings(seen: Seen) -> dict[str, Finding]:
    return {finding.check: finding for finding in judge(Facts(), checks_of(seen))}


def test_all_is_well() -> None:
    assert {finding.status for finding in findings(WELL).values()} == {Status.PASS, Status.NOT_APPLICABLE}
    assert findings(replace(WELL, here=POSIX))["tb.driver"].status is Status.PASS


def hidden() -> Machine:
    return replace(MACHINE, shares=(WORKS, Share("d/Works", r"E:\x", transient=True)))


def alike() -> Machine:
    both = (*GUEST.mounts, Mount("D/works", "/D/works", "vboxsf"))
    return replace(MACHINE, shares=(WORKS, Share("D/works", r"E:\x")), guest=replace(GUEST, mounts=both))


FAULTS: list[tuple[Seen, str, Status, str]] = [
    (replace(WELL, vboxmanage=""), "tb.virtualbox", Status.FAIL, "Install VirtualBox"),
    (replace(WELL, version="4.3.1r1"), "tb.version", Status.WARN, "newer VirtualBox"),
    (replace(WELL, version="?"), "tb.version", Status.UNKNOWN, ""),
    (replace(WELL, here=POSIX, version="WARNING: no vboxdrv\n6.1.1"), "tb.driver", Status.FAIL, "vboxconfig"),
    (replace(WELL, system={"virtualization": "False"}), "tb.virtualization", Status.FAIL, "firmware"),
    (replace(WELL, system={}), "tb.virtualization", Status.UNKNOWN, ""),
    (replace(WELL, system={}), "tb.alone", Status.UNKNOWN, ""),
    (replace(WELL, system=HYPER_V), "tb.alone", Status.WARN, "Docker Desktop"),
    (replace(WELL, system=HYPER_V, version="5.2.44r1"), "tb.alone", Status.FAIL, "Docker Desktop"),
    (replace(WELL, docker_machine=""), "tb.docker_machine", Status.FAIL, "Docker Toolbox"),
    (
        replace(WELL, machine=None, machine_error=UnsupportedHost("gone", "put it back")),
        "tb.machine",
        Status.FAIL,
        "back",
    ),
    (replace(WELL, machine=OFF), "tb.running", Status.FAIL, "docker-machine start default"),
    (replace(WELL, machine=replace(OFF, state="saved")), "tb.running", Status.FAIL, "discardstate"),
    (
        replace(WELL, machine=replace(MACHINE, guest=None), inside_error=Unreachable("no sshd", "wait")),
        *("tb.inside", Status.FAIL, "wait"),
    ),
    (replace(WELL, machine=replace(MACHINE, guest=replace(GUEST, vboxsf=False))), "tb.additions", Status.FAIL, "boot2"),
    (replace(WELL, gone_folders=(r"D:\Works",)), "tb.folders", Status.WARN, "toolbox.unshare"),
    (
        replace(WELL, machine=replace(MACHINE, guest=Guest(()))),
        *("tb.mounted", Status.FAIL, r'./gpudock toolbox.share "D:\Works"'),
    ),
    (replace(WELL, machine=hidden()), "tb.clear", Status.WARN, "toolbox.unshare d/Works"),
    (replace(WELL, machine=alike()), "tb.clear", Status.WARN, "unshare"),
    (
        replace(WELL, machine=replace(MACHINE, wishes={"x": Wish("x", "", "/x", due=True)})),
        *("tb.done", Status.WARN, "docker-machine stop default"),
    ),
    (replace(WELL, here=replace(WINDOWS, environment={})), "tb.environment", Status.WARN, "docker-machine env"),
    (replace(WELL, address="192.168.99.101"), "tb.environment", Status.WARN, "docker-machine env"),
    (
        replace(WELL, here=replace(WINDOWS, environment={**WINDOWS.environment, "DOCKER_MACHINE_NAME": "other"})),
        *("tb.environment", Status.WARN, "docker-machine env"),
    ),
    (replace(WELL, newer=("Docker Desktop",)), "tb.newer", Status.WARN, "Use one of them"),
]


@pytest.mark.parametrize(("seen", "check", "status", "remedy"), FAULTS)
def test_each_fault_is_named_with_its_remedy(seen: Seen, check: str, status: Status, remedy: str) -> None:
    finding = findings(seen)[check]
    assert finding.status is status
    assert remedy in str(finding.remedy)
    others = [each for each in findings(seen).values() if each.status is Status.FAIL and each.check != check]
    assert others == []


def test_every_check_fails_or_warns_once() -> None:
    assert {check for _, check, _, _ in FAULTS} == set(findings(WELL))


def test_a_vm_that_is_off_explains_what_follows() -> None:
    root = findings(replace(WELL, machine=OFF))["tb.running"]
    assert set(root.explains) == {"tb.inside", "tb.additions", "tb.mounted", "tb.environment"}


def test_what_uses_the_hypervisor_is_named() -> None:
    assert findings(replace(WELL, system=HYPER_V))["tb.alone"].seen == "Hyper-V, Memory Integrity"
