"""The way to the host and the host itself: login, root, platform, pending reboot, memory policy."""

from __future__ import annotations

from dataclasses import dataclass

from checks.model import Check, Severity, Verdict, failed, passed
from checks.remedy import Remedy, Risk, by_commands, by_hand, by_sysctl
from provisioning.platform import ARCHITECTURES, SUITES
from provisioning.probe import Facts, Probe, fields
from provisioning.probes.login import LOGIN
from provisioning.probes.machine import MACHINE, Machine
from provisioning.probes.operating_system import OPERATING_SYSTEM, OperatingSystem

# The kernel's log is read only where the strict policy is set: it is then that the driver's helper is refused.
STATE_SNIPPET = """
if [ -e /var/run/reboot-required ]; then
  echo "reboot yes"
  [ -r /var/run/reboot-required.pkgs ] && sed 's/^/package /' /var/run/reboot-required.pkgs
fi
read -r mode </proc/sys/vm/overcommit_memory
[ -n "$mode" ] || exit 1
echo "overcommit $mode"
if [ "$mode" = 2 ]; then
  sed -n 's/^\\(CommitLimit\\|Committed_AS\\): *\\([0-9]*\\) kB/\\1 \\2/p' /proc/meminfo
  echo "refused $(dmesg 2>/dev/null | grep -c '__vm_enough_memory.*nvc:')"
fi
if [ -e /etc/nv_tegra_release ] || [ -e /sys/module/nvgpu ]; then echo "jetson yes"; fi
"""


@dataclass(frozen=True)
class HostState:
    reboot_required: bool
    reboot_packages: tuple[str, ...]
    overcommit: int
    """vm.overcommit_memory: 2 hands out no more than CommitLimit."""
    uncommitted_kib: int
    """What mode 2 can still hand out; 0 in the other modes, which do not count it."""
    driver_refused: bool
    """The kernel's log has the driver's helper `nvc:[driver]` refused memory."""
    jetson: bool


def parse_state(text: str) -> HostState:
    said = fields(text)
    packages = (line.partition(" ")[2] for line in text.splitlines() if line.startswith("package "))
    return HostState(
        reboot_required=said.get("reboot") == "yes",
        reboot_packages=tuple(dict.fromkeys(packages)),
        overcommit=int(said["overcommit"]),
        uncommitted_kib=int(said.get("CommitLimit", 0)) - int(said.get("Committed_AS", 0)),
        driver_refused=int(said.get("refused", 0)) > 0,
        jetson=said.get("jetson") == "yes",
    )


HOST_STATE = Probe("host_state", STATE_SNIPPET, parse_state)


def judge_reach(facts: Facts) -> Verdict:
    answered = [answer for answer in facts.answers.values() if answer.code is not None]
    if answered:
        return passed(f"{len(answered)} answers in one trip")
    return failed(
        "the login works, and no answer came back",
        cause="The script did not run to its end: the login shell, a forced command or a full /tmp stopped it.",
        remedy=by_hand("Try: ssh HOST 'echo ok; df /dev/shm /run /tmp'"),
    )


def judge_root(facts: Facts) -> Verdict:
    login = facts[LOGIN]
    if login.privileged:
        return passed("read as root")
    return failed(
        f"{login.user} is not root, and sudo wants a password",
        cause="What only root may read stays unknown.",
        remedy=by_hand(f"Give {login.user} sudo without a password, or add --ask-sudo-pass"),
    )


def judge_platform(facts: Facts) -> Verdict:
    system, machine = facts[OPERATING_SYSTEM], facts[MACHINE]
    reason = _unsupported(system, machine)
    if reason:
        return failed(f"{system.name}, {machine.arch}, kernel {machine.kernel}", cause=reason[0], remedy=reason[1])
    kind = _kind(machine, jetson=facts[HOST_STATE].jetson)
    return passed(f"{system.name}, {machine.arch}{kind}")


def _unsupported(system: OperatingSystem, machine: Machine) -> tuple[str, Remedy] | None:
    if machine.wsl1:
        return (
            "This is WSL 1, which has no Linux kernel to run Docker on.",
            by_hand("In PowerShell: wsl --set-version NAME 2"),
        )
    if machine.arch not in ARCHITECTURES:
        known = " and ".join(ARCHITECTURES)
        return f"Docker and the toolkit are packaged for {known} only.", by_hand("Use another machine")
    if system.codename not in SUITES.get(system.family, ()):
        return (
            "Docker's package source has nothing for this system.",
            by_hand("Use Ubuntu 20.04 to 26.04, Debian 11 to 13, or what derives from them"),
        )
    if machine.container not in {"none", "systemd-nspawn", "wsl"}:
        return (
            f"This is a {machine.container} container, and Docker belongs on the machine that runs it.",
            by_hand("Verify the machine that runs this container"),
        )
    if machine.init != "systemd":
        return f"PID 1 is {machine.init}, and Docker's packages need systemd there.", _BOOT_SYSTEMD
    return None


_BOOT_SYSTEMD = by_hand("Boot with systemd (WSL: systemd=true under [boot] in /etc/wsl.conf, then wsl --shutdown)")


def _kind(machine: Machine, *, jetson: bool) -> str:
    if jetson:
        return ", Jetson: containers get the GPU with --runtime nvidia"
    if "microsoft" in machine.kernel.lower():
        return ", WSL 2: the driver is Windows' own"
    return "" if machine.container == "none" else f", in {machine.container}"


def judge_reboot(facts: Facts) -> Verdict:
    state = facts[HOST_STATE]
    if not state.reboot_required:
        return passed("none pending")
    return failed(
        f"a reboot is asked for by {', '.join(state.reboot_packages) or 'an update'}",
        cause="An update is half applied: what runs now may not start again before the reboot.",
        remedy=by_commands(("reboot",), risk=Risk.REBOOT, words="At a time that suits"),
    )


def judge_overcommit(facts: Facts) -> Verdict:
    state = facts[HOST_STATE]
    if state.overcommit != 2:
        return passed(f"vm.overcommit_memory is {state.overcommit}")
    left = f"vm.overcommit_memory is 2, {max(state.uncommitted_kib, 0) / 1024 / 1024:.1f} GiB are left to hand out"
    if not state.driver_refused and state.uncommitted_kib >= 1024 * 1024:
        return passed(left)
    return failed(
        left,
        cause="The kernel refuses memory to the driver's helper, which then fails with `driver rpc error`.",
        remedy=by_sysctl("overcommit", "vm.overcommit_memory=0"),
    )


REACH = Check("conn.ssh", "The host answers in one trip", judge_reach)
ROOT = Check("conn.sudo", "What only root may read can be read", judge_root, Severity.WARNING, ("conn.ssh",))
PLATFORM = Check("os.platform", "The system is one that Docker and NVIDIA serve", judge_platform, needs=("conn.ssh",))
REBOOT = Check("os.reboot_pending", "No update waits for a reboot", judge_reboot, Severity.WARNING)
OVERCOMMIT = Check("os.overcommit", "The kernel gives the driver's helper memory", judge_overcommit)
