"""What this machine is asked about its processor and hypervisors, without rights and without changing anything."""

from __future__ import annotations

import re
from collections.abc import Mapping

from provisioning.toolbox.workstation import Workstation

CPUINFO = "/proc/cpuinfo"

# learn.microsoft.com: Win32_Processor, Win32_ComputerSystem, Win32_OptionalFeature (InstallState 1 is on),
# Win32_DeviceGuard (SecurityServicesRunning 2 is memory integrity). wmic is gone from Windows 11 24H2.
_POWERSHELL = r"""$ErrorActionPreference = 'SilentlyContinue'
"virtualization $((Get-CimInstance Win32_Processor | Select-Object -First 1).VirtualizationFirmwareEnabled)"
"hypervisor $((Get-CimInstance Win32_ComputerSystem).HypervisorPresent)"
foreach ($n in 'Microsoft-Hyper-V', 'VirtualMachinePlatform', 'HypervisorPlatform') {
  "feature $n $((Get-CimInstance Win32_OptionalFeature -Filter "Name='$n'").InstallState)"
}
$g = Get-CimInstance -Namespace root\Microsoft\Windows\DeviceGuard -ClassName Win32_DeviceGuard
"memory-integrity $($g.SecurityServicesRunning -contains 2)"
"""
QUESTION = ("powershell", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)

_NEWER_ON_WINDOWS = (
    ("Docker Desktop", "PROGRAMFILES", ("Docker", "Docker", "Docker Desktop.exe")),
    ("Rancher Desktop", "PROGRAMFILES", ("Rancher Desktop", "Rancher Desktop.exe")),
    ("Rancher Desktop", "LOCALAPPDATA", ("Programs", "Rancher Desktop", "Rancher Desktop.exe")),
    ("Podman", "PROGRAMFILES", ("RedHat", "Podman", "podman.exe")),
)
_NEWER_ELSEWHERE = (
    ("Docker Desktop", "/Applications/Docker.app/Contents/Info.plist"),
    ("Docker Desktop", "/opt/docker-desktop/bin/docker-desktop"),
    ("Rancher Desktop", "/Applications/Rancher Desktop.app/Contents/Info.plist"),
    ("Rancher Desktop", "/opt/rancher-desktop/rancher-desktop"),
)
NEWER_PROGRAMS = {"podman": "Podman", "rdctl": "Rancher Desktop"}


def windows_answers(text: str) -> dict[str, str]:
    """Read what the question printed: `True`, `False` and numbers, by what they are about."""
    return dict(re.findall(r"^(.+?) (True|False|\d+)\s*$", text, re.MULTILINE))


def linux_answers(cpuinfo: str) -> Mapping[str, str]:
    """Read /proc/cpuinfo. A flag is there only where the firmware lets it; other processors do not tell."""
    flags = re.search(r"^flags\s*:(.*)$", cpuinfo, re.MULTILINE)
    return {"virtualization": str(bool({"vmx", "svm"} & set(flags[1].split())))} if flags else {}


def newer_files(here: Workstation) -> list[tuple[str, str]]:
    """Return products and the files that tell that they are installed."""
    if not here.windows:
        return list(_NEWER_ELSEWHERE)
    return [
        (product, here.join(here.environment[variable], *parts))
        for product, variable, parts in _NEWER_ON_WINDOWS
        if variable in here.environment
    ]
