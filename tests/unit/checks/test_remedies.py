"""What mends a cause can be typed as it stands: whole, as root, with programs that the distribution has."""

from __future__ import annotations

import re
import shlex

import pytest

from checks.model import Finding
from checks.remedy import Remedy, by_commands
from provisioning.command import Command
from tests.unit.checks.all_faults import remedied

REMEDIED = remedied()
EVERYWHERE = frozenset(
    "apt-get apt-mark dkms docker gpasswd groupadd ldconfig ln modprobe mkdir nvidia-ctk nvidia-modprobe nvidia-smi"
    " poweroff reboot rm sysctl systemctl tee timedatectl chronyc ufw update-initramfs driverctl update-ca-certificates"
    " sh chmod nvidia-uninstall".split()
)
"""Programs of Debian's and Ubuntu's own packages, of Docker's and of NVIDIA's."""
ONLY_ON = {"ubuntu-drivers": "ubuntu"}
INSTALLED_FIRST = {"driverctl": "driverctl", "ubuntu-drivers": "ubuntu-drivers-common"}
"""Programs that a host does not have by itself, with their packages."""


def programs(remedy: Remedy) -> list[str]:
    return [command.argv[0] for command in remedy.commands]


@pytest.mark.parametrize(("distribution", "finding"), REMEDIED, ids=[f"{d}-{f.check}" for d, f in REMEDIED])
def test_every_cause_has_a_remedy_that_can_be_typed(distribution: str, finding: Finding) -> None:
    remedy = finding.remedy
    assert str(remedy), f"{finding.check} says what is wrong and not what to do"
    assert "\n" not in str(remedy) and not re.search(r"[<>]", str(remedy)), "nothing is to be filled in between < and >"
    for name in programs(remedy):
        assert name in EVERYWHERE or ONLY_ON.get(name) == distribution, f"{name} on {distribution}"
        if name in INSTALLED_FIRST:
            before = remedy.commands[: programs(remedy).index(name)]
            assert any(INSTALLED_FIRST[name] in command.argv for command in before)
    line = str(remedy).removeprefix(remedy.told).removeprefix(": ")
    assert line.count("sudo ") == len(remedy.commands)
    assert shlex.split(line)[:1] != [] or not remedy.commands
    installing = [each.argv for each in remedy.commands if each.argv[0] == "apt-get" and each.argv[1] != "update"]
    assert all("-y" in argv for argv in installing), "it would ask"


BY_ROOT = re.compile(
    r"(?<!sudo )\b(?:systemctl (?:start|restart|reload|edit)|update-grub|setpci|dockerd --validate|mokutil|ss -ltnp"
    r"|nvidia-smi mig|sysctl -w|update-ca-certificates|apt-get|modprobe nvidia|ldconfig)\b"
)


@pytest.mark.parametrize("words", sorted({finding.remedy.told for _, finding in REMEDIED} - {""}))
def test_what_takes_root_says_sudo(words: str) -> None:
    assert BY_ROOT.findall(words) == []


def test_the_tables_are_not_empty() -> None:
    """Red when the rows are no longer found, so that nothing would be looked at."""
    assert len({finding.check for _, finding in REMEDIED}) > 70
    assert {distribution for distribution, _ in REMEDIED} == {"debian", "ubuntu"}


def test_what_a_command_reads_stands_on_its_line() -> None:
    write = Command(("tee", "/etc/x.conf"), "100% of it\n'quoted' \\ text\n")
    line = str(Remedy(commands=(write, Command(("update-initramfs", "-u")))))
    assert "\n" not in line and line.endswith("| sudo tee /etc/x.conf && sudo update-initramfs -u")
    assert shlex.split(line)[1] == "100%% of it\\n'quoted' \\\\ text\\n"
    assert str(by_commands(("ln", "-s", "/a b", "/c"))) == "sudo ln -s '/a b' /c"
