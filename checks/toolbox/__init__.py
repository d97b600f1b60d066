"""What `toolbox.doctor` proves about VirtualBox, the VM and this machine: judged of what was seen here."""

from __future__ import annotations

from checks.model import Check
from checks.toolbox import docker, machine, shares, virtualbox
from checks.toolbox.seen import Seen
from provisioning.toolbox.workstation import Workstation


def all_checks() -> list[Check]:
    """Return the checks before anything was seen: what there is to choose from."""
    return checks_of(Seen(Workstation(windows=False, home="", folder="")))


def checks_of(seen: Seen) -> list[Check]:
    """Return the checks, each ready to judge what was seen."""
    return [each.on(seen) for each in (*virtualbox.CLAIMS, *machine.CLAIMS, *shares.CLAIMS, *docker.CLAIMS)]
