"""VirtualBox and the processor under it."""

from __future__ import annotations

from checks.model import Severity, Verdict, failed, not_applicable, passed, unknown, warned
from checks.remedy import by_hand
from checks.toolbox.seen import Claim, Seen
from provisioning.toolbox.vbox_answers import version

_FEATURES = {
    "Microsoft-Hyper-V": "Hyper-V",
    "VirtualMachinePlatform": "Virtual Machine Platform (WSL 2)",
    "HypervisorPlatform": "Windows Hypervisor Platform",
}


def _found(seen: Seen) -> Verdict:
    if seen.vboxmanage:
        return passed(seen.vboxmanage)
    return failed(
        "no VBoxManage on PATH, in VBOX_MSI_INSTALL_PATH, in the registry or under Program Files"
        if seen.here.windows
        else "no VBoxManage on PATH or where it is usually installed",
        cause="VirtualBox is not installed, or where nobody looks for it.",
        remedy=by_hand("Install VirtualBox, or put the folder of VBoxManage on PATH."),
    )


def _version(seen: Seen) -> Verdict:
    number = version(seen.version)
    told = next((line for line in reversed(seen.version.splitlines()) if line.strip()), "")
    if number == (0, 0):
        return unknown(f"`VBoxManage --version` says {told!r}")
    if number < (5, 0):
        return failed(
            told, cause="Versions before 5.0 were never tried.", remedy=by_hand("Install a newer VirtualBox.")
        )
    return passed(told)


def _driver(seen: Seen) -> Verdict:
    if seen.here.windows:
        return not_applicable("Windows loads it with VirtualBox")
    warning = next((line for line in seen.version.splitlines() if line.startswith("WARNING")), "")
    if not warning:
        return passed("VirtualBox warns of nothing")
    return failed(
        warning,
        cause="Without its kernel module VirtualBox starts no VM.",
        remedy=by_hand("Build and load it: sudo /sbin/vboxconfig (Secure Boot wants it signed)."),
    )


def _virtualization(seen: Seen) -> Verdict:
    told = seen.system.get("virtualization", "")
    if seen.system.get("hypervisor") == "True":
        return passed("a hypervisor runs on it")  # and then Windows says that the firmware has it off
    if told == "True":
        return passed("VT-x or AMD-V is on")
    if told != "False":
        return unknown("this machine does not tell whether VT-x or AMD-V is on")
    return failed(
        "VT-x or AMD-V is off",
        cause="The firmware (BIOS, UEFI) has it switched off, or this machine is a VM that is not given it.",
        remedy=by_hand("Switch on Intel Virtualization Technology or SVM Mode in the firmware's setup."),
    )


def _alone(seen: Seen) -> Verdict:
    if not seen.here.windows:
        return not_applicable("only Windows has Hyper-V")
    if "hypervisor" not in seen.system:
        return unknown("Windows could not be asked (PowerShell's Get-CimInstance)")
    if seen.system["hypervisor"] != "True":
        return passed("no hypervisor runs beneath Windows")
    users = [label for name, label in _FEATURES.items() if seen.system.get(f"feature {name}") == "1"]
    users += ["Memory Integrity"] if seen.system.get("memory-integrity") == "True" else []
    told = ", ".join(users) or "something (perhaps Credential Guard)"
    cause = f"Windows itself runs on Microsoft's hypervisor, for {told}; VirtualBox does not get the processor."
    remedy = by_hand(
        "Use Docker Desktop or Podman, which go with it; or switch these off in `Windows features` and "
        "`Core isolation` and restart. gpudock changes none of them."
    )
    judge = failed if version(seen.version) < (6, 0) else warned  # 6 and later run on it, slowly
    return judge(told, cause=cause, remedy=remedy)


CLAIMS = (
    Claim("tb.virtualbox", "VirtualBox is installed", _found, headline=True),
    Claim("tb.version", "Its version is one that was tried", _version, ("tb.virtualbox",), Severity.WARNING),
    Claim("tb.driver", "Its kernel module is loaded", _driver, ("tb.virtualbox",)),
    Claim("tb.virtualization", "The processor's virtualization is on", _virtualization),
    Claim("tb.alone", "No Hyper-V, WSL 2 or Memory Integrity is in its way", _alone),
)
