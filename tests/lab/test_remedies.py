"""Remedies on a real host: its shell can read each, and its distribution has the programs."""

from __future__ import annotations

import shlex

from lab import Host
from tests.lab.driving import look
from tests.unit.checks.all_faults import remedied

OF_THE_DRIVER = {"nvidia-smi", "nvidia-modprobe", "nvidia-ctk", "nvidia-uninstall"}
"""They come with what is to be mended."""
PACKAGES = {
    "chronyc": "chrony",
    "dkms": "dkms",
    "driverctl": "driverctl",
    "update-ca-certificates": "ca-certificates",
    "update-initramfs": "initramfs-tools",
    "ufw": "ufw",
}
"""Which package of Debian's has the program, where a host may do without it."""


def test_the_shell_of_a_host_reads_every_remedy(ready_host: Host) -> None:
    """Red when a remedy has a quote too few: it would wait for the other one."""
    lines = {str(finding.remedy).removeprefix(finding.remedy.told).removeprefix(": ") for _, finding in remedied()}
    script = "\n".join(f"sh -n -c {shlex.quote(line)} || echo {shlex.quote(line)}" for line in sorted(lines) if line)
    assert look(ready_host, "sh -s", stdin=script) == ""


def test_the_distribution_has_the_programs(ready_host: Host) -> None:
    names = {
        command.argv[0] for found, finding in remedied() for command in finding.remedy.commands if found == "debian"
    }
    lacking = "command -v {0} >/dev/null || apt-cache show {1} >/dev/null 2>&1 || echo {0}\n"
    script = "".join(lacking.format(name, PACKAGES.get(name, "nothing")) for name in sorted(names - OF_THE_DRIVER))
    assert look(ready_host, "apt-get -q update >/dev/null; sh -s", stdin=script) == ""
