"""The CDI specification that describes the host's GPUs to the engine."""

from __future__ import annotations

from provisioning import gpu
from provisioning.command import Command, command
from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.probes.engine import version_numbers
from provisioning.probes.packages import PACKAGES
from provisioning.probes.toolkit import TOOLKIT
from provisioning.settings import Settings
from provisioning.step import Step

EVERY_GPU = "nvidia.com/gpu=all"
REFRESH_UNITS_SINCE = (1, 18)
"""The first toolkit with nvidia-cdi-refresh, which writes /var/run/cdi/nvidia.yaml (cdi-support.md)."""


def changes(facts: Facts, settings: Settings) -> list[Change]:
    if not (gpu.wanted(facts, settings) and gpu.driver_answers(facts)) or EVERY_GPU in facts[TOOLKIT].cdi_devices:
        return []
    return [
        Change(
            "Describe the GPUs to the engine (CDI specification)",
            _commands(facts[PACKAGES].get("nvidia-container-toolkit-base", "")),
            hint="`nvidia-ctk cdi generate` on the host says what it could not find.",
        )
    ]


def _commands(installed: str) -> tuple[Command, ...]:
    if installed and version_numbers(installed) < REFRESH_UNITS_SINCE:
        # No unit makes it again after a reboot, so it must not lie under /var/run.
        return (command("nvidia-ctk", "cdi", "generate", "--output=/etc/cdi/nvidia.yaml"),)
    return (
        command("systemctl", "enable", "--now", "nvidia-cdi-refresh.path"),
        command("systemctl", "enable", "nvidia-cdi-refresh.service"),
        command("systemctl", "restart", "nvidia-cdi-refresh.service"),
    )


STEP = Step("cdi", changes, needs=("packages",))
