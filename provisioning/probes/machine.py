"""The machine under the distribution: architecture, PID 1, what it is virtualised by, room on the disk."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.probe import Probe, fields

SNIPPET = """
echo "arch $(dpkg --print-architecture 2>/dev/null || uname -m)"
read -r kernel </proc/sys/kernel/osrelease; echo "kernel $kernel"
read -r init </proc/1/comm; echo "init $init"
container=$(systemd-detect-virt --container 2>/dev/null)
[ -e /.dockerenv ] && container=docker
[ -e /run/.containerenv ] && container=podman
echo "container ${container:-none}"
at=/var/lib/docker; [ -d "$at" ] || at=/var/lib
set -- $(df -k --output=avail "$at")
echo "free_kib $2"
apparmor=; [ -r /sys/module/apparmor ] && read -r apparmor </sys/module/apparmor/parameters/enabled
echo "apparmor $apparmor"
command -v apparmor_parser >/dev/null && echo "apparmor_parser yes"
true
"""


@dataclass(frozen=True)
class Machine:
    arch: str
    """As Debian names it: amd64, arm64."""
    kernel: str
    init: str
    """The name of PID 1."""
    container: str
    """What systemd-detect-virt calls the container this host runs in; `none` outside of one."""
    free_kib: int
    """Room where Docker keeps its data."""
    needs_apparmor_parser: bool
    """The kernel enforces AppArmor, but the program that loads profiles is missing: containers cannot start."""

    @property
    def wsl1(self) -> bool:
        return self.kernel.endswith("-Microsoft")


def parse(text: str) -> Machine:
    said = fields(text)
    return Machine(
        arch=said["arch"],
        kernel=said["kernel"],
        init=said["init"],
        container=said["container"],
        free_kib=int(said["free_kib"]),
        needs_apparmor_parser=said["apparmor"] == "Y" and "apparmor_parser" not in said,
    )


MACHINE = Probe("machine", SNIPPET, parse)
