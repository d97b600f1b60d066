"""Whether what a container shows of its state proves that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from provisioning.containers.backup.manifest import Manifest

STEADY = 1.5
"""Seconds that a program runs before it counts as running: most that cannot start end at once."""
PATIENCE = 180.0
"""Seconds that a health check may take to pass."""


class Verdict(Enum):
    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"


def judge(state: Mapping[str, Any], seconds: float, manifest: Manifest) -> tuple[Verdict, str]:
    """Judge a container `seconds` after its start; the words go after its name and `is back: `."""
    status, code = state["Status"], state["ExitCode"]
    if status == "running":
        return _running((state.get("Health") or {}).get("Status", ""), seconds, manifest)
    if status == "exited":
        as_before = manifest.state == "exited" and code == manifest.exit_code
        good = code == 0 or as_before
        return (Verdict.GOOD if good else Verdict.BAD), f"it ended with exit code {code}"
    if status == "removed" and manifest.spec.removed:
        return Verdict.GOOD, "it ended, and removed itself as it was told"
    if status == "created" and seconds < STEADY:
        return Verdict.WAIT, "it begins"
    return Verdict.BAD, f"it is {status}"


def _running(health: str, seconds: float, manifest: Manifest) -> tuple[Verdict, str]:
    if health == "unhealthy":
        before = manifest.health == "unhealthy"
        return (Verdict.GOOD if before else Verdict.BAD), "it runs and is unhealthy" + (", as it was" if before else "")
    if health == "starting":
        return Verdict.WAIT, "it runs, and its health check has not passed yet"
    if seconds < STEADY:
        return Verdict.WAIT, "it begins"
    return Verdict.GOOD, "it runs" + (" and is healthy" if health == "healthy" else "")
