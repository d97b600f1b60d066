"""What the engine says of the kernel under it: its cgroups, and its own warnings."""

from __future__ import annotations

from checks.model import Check, Severity, Verdict, failed, not_applicable, passed, unknown
from checks.remedy import Remedy, Risk, by_commands, by_hand
from provisioning.probe import Facts
from provisioning.probes.engine import DAEMON
from provisioning.probes.machine import MACHINE

_KERNEL_LINE = "to GRUB_CMDLINE_LINUX in /etc/default/grub, then: sudo update-grub && sudo reboot"
UNASKED = "the engine tells this user nothing"


def judge_cgroup(facts: Facts) -> Verdict:
    engine = facts[DAEMON].engine
    if engine is None:
        return not_applicable(UNASKED)
    if not engine.cgroup_version:
        return unknown("docker info names no cgroup version")
    if engine.cgroup_version != "1":
        return passed(f"v{engine.cgroup_version}, driver {engine.cgroup_driver}")
    if facts[MACHINE].container == "systemd-nspawn":
        return not_applicable("cgroup v1 is what the machine around this container has")
    return failed(
        f"v1, driver {engine.cgroup_driver}",
        cause="Support for cgroup v1 is deprecated and planned to be removed by no later than May 2029.",
        remedy=Remedy(f"Add systemd.unified_cgroup_hierarchy=1 {_KERNEL_LINE}", risk=Risk.REBOOT),
    )


# Warnings that a check of its own judges (moby, daemon/info_unix.go).
_JUDGED = ("cgroup v1", "IPv4 forwarding is disabled", "d_type")
_REMEDIES: tuple[tuple[str, Remedy], ...] = (
    (
        "bridge-nf-call",
        by_commands(
            ("modprobe", "br_netfilter"),
            ("sysctl", "-w", "net.bridge.bridge-nf-call-iptables=1", "net.bridge.bridge-nf-call-ip6tables=1"),
        ),
    ),
    (
        "swap limit",
        Remedy(f"Add cgroup_enable=memory swapaccount=1 {_KERNEL_LINE}", risk=Risk.REBOOT),
    ),
    (
        "without encryption",
        by_hand("Whoever reaches that port is root here: take it out of `hosts`, or set up TLS (docs.docker.com)"),
    ),
    ("insecure", by_hand("Give the registry a certificate, and take it out of `insecure-registries`")),
)
_READ_IT = by_hand("See docker info, and act on what it says")


def judge_warnings(facts: Facts) -> Verdict:
    engine = facts[DAEMON].engine
    if engine is None:
        return not_applicable(UNASKED)
    told = [text for text in engine.warnings if not any(known in text for known in _JUDGED)]
    if not told:
        return passed("docker info warns of nothing")
    found = (remedy for needle, remedy in _REMEDIES for text in told if needle in text)
    return failed("; ".join(told), cause="The engine itself warns of it.", remedy=next(found, _READ_IT))


CGROUP = Check("dk.cgroup", "The kernel has cgroup v2", judge_cgroup, Severity.WARNING, ("dk.running",))
WARNINGS = Check("dk.warnings", "The engine warns of nothing", judge_warnings, Severity.WARNING, ("dk.running",))
