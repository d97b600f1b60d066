"""Docker from snap and volumes of nvidia-docker 1.0, removed with what is in them: only where that was asked for."""

from __future__ import annotations

from provisioning.command import command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.tenants import TENANTS
from provisioning.settings import Settings
from provisioning.step import Step


def changes(facts: Facts, settings: Settings) -> list[Change]:
    tenants = facts[TENANTS]
    found = []
    if tenants.snap_docker and settings.remove_snap_docker:
        found.append(
            Change(
                "Remove Docker's snap with all its containers and volumes",
                (command("snap", "remove", "--purge", "docker"),),
                stops=tenants.snap_containers,
            )
        )
    if tenants.old_volumes and settings.remove_nvidia_docker1:
        remove = [command("docker", "rm", "--force", *tenants.old_containers)] if tenants.old_containers else []
        found.append(
            Change(
                f"Remove the volumes of nvidia-docker 1.0: {', '.join(tenants.old_volumes)}",
                (*remove, command("docker", "volume", "rm", "--force", *tenants.old_volumes)),
                stops=tenants.old_containers,
            )
        )
    return found


STEP = Step("leftovers", changes, needs=("apt_repair",))
