"""docker-machine, the VM, and the VM from inside."""

from __future__ import annotations

from checks.model import Verdict, failed, passed, unknown
from checks.remedy import by_hand
from checks.toolbox.seen import Claim, Seen
from provisioning.toolbox.machine import in_between


def _docker_machine(seen: Seen) -> Verdict:
    if seen.docker_machine:
        return passed(seen.docker_machine)
    return failed(
        "no docker-machine on PATH",
        cause="Docker Toolbox is not installed, or its folder is not on PATH.",
        remedy=by_hand("Install Docker Toolbox, or put its folder on PATH."),
    )


def _there(seen: Seen) -> Verdict:
    if seen.machine:
        return passed(f"{seen.name}, {len(seen.machine.shares)} share(s)")
    if seen.machine_error:
        return failed(
            seen.machine_error.message, cause="The VM cannot be read.", remedy=by_hand(seen.machine_error.hint)
        )
    return unknown("VirtualBox was not asked")


def _runs(seen: Seen) -> Verdict:
    if seen.machine is None:
        return unknown("the VM was not seen")
    if seen.machine.runs:
        return passed(seen.machine.state)
    if seen.machine.is_off:
        return failed(
            seen.machine.state,
            cause="The VM is off, and with it Docker.",
            remedy=by_hand(f"docker-machine start {seen.name}"),
        )
    standing = in_between(seen.name, seen.machine.state)
    return failed(seen.machine.state, cause=standing.message, remedy=by_hand(standing.hint))


def _answers(seen: Seen) -> Verdict:
    if seen.machine and seen.machine.guest:
        return passed(f"sshd answers, address {seen.address or 'unknown'}")
    if seen.inside_error:
        return failed(
            seen.inside_error.message, cause="The VM runs and nobody gets in.", remedy=by_hand(seen.inside_error.hint)
        )
    return unknown("the VM was not asked")


def _additions(seen: Seen) -> Verdict:
    if seen.machine is None or seen.machine.guest is None:
        return unknown("the VM was not asked")
    if seen.machine.guest.vboxsf:
        return passed("its kernel knows vboxsf")
    return failed(
        "no vboxsf in /proc/filesystems, no mount.vboxsf",
        cause="The VM has no Guest Additions, so it can mount no share.",
        remedy=by_hand("Use boot2docker (docker-machine create makes such a VM), or install them in the VM."),
    )


CLAIMS = (
    Claim("tb.docker_machine", "docker-machine is installed", _docker_machine),
    Claim("tb.machine", "VirtualBox has the VM and can read it", _there, ("tb.virtualbox",)),
    Claim("tb.running", "The VM runs", _runs, ("tb.machine",), headline=True),
    Claim("tb.inside", "The VM lets docker-machine in", _answers, ("tb.running", "tb.docker_machine")),
    Claim("tb.additions", "The VM can mount shares (Guest Additions)", _additions, ("tb.inside",)),
)
