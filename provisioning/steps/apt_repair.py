"""An interrupted dpkg is finished before anything else: until then apt refuses all work."""

from __future__ import annotations

from provisioning.command import command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.apt import DPKG_STATE
from provisioning.settings import Settings
from provisioning.step import Step


def changes(facts: Facts, settings: Settings) -> list[Change]:  # noqa: ARG001 - every step has this form
    unfinished = facts[DPKG_STATE].unfinished
    if not unfinished:
        return []
    return [
        Change(
            f"Finish what dpkg had begun: {', '.join(unfinished)}",
            (command("gd_dpkg_configure"),),
            hint="`dpkg --audit` on the host says which package cannot be finished.",
        )
    ]


STEP = Step("apt_repair", changes, needs=("foreign_sources",))
