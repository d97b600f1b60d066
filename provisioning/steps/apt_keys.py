"""The vendors' keys where apt-key put them: there they vouch for every source of the host."""

from __future__ import annotations

from provisioning.command import command, restore_file
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.apt import KEYRINGS
from provisioning.probes.files import File
from provisioning.settings import Settings
from provisioning.signing_key import DOCKER_FINGERPRINT, TOOLKIT_FINGERPRINT, fingerprints
from provisioning.step import Step

VENDORS = {DOCKER_FINGERPRINT: "Docker", TOOLKIT_FINGERPRINT: "NVIDIA"}


def changes(facts: Facts, settings: Settings) -> list[Change]:  # noqa: ARG001 - every step has this form
    return [change for _, file in sorted(facts[KEYRINGS].items()) for change in _taken_away(file)]


def _taken_away(file: File) -> list[Change]:
    """A ring that also holds other keys is left alone: what else it vouches for is not ours to decide."""
    try:
        found = fingerprints(file.content or b"")
    except ValueError:
        return []
    if not found or not set(found) <= set(VENDORS):
        return []
    names = " and ".join(sorted({VENDORS[fingerprint] for fingerprint in found}))
    return [
        Change(
            f"Take {names}'s key out of {file.path}, where it vouches for every package source",
            (command("gd_remove", file.path, file.seen),),
            undo=(restore_file(file.path),),
        )
    ]


STEP = Step("apt_keys", changes)
