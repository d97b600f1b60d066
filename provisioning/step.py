"""A step decides what one concern of a host needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioning.plan import Change
from provisioning.probe import Facts
from provisioning.settings import Settings


@dataclass(frozen=True)
class Step:
    """`changes` is pure, and gives an empty list where the host already is as wanted."""

    name: str
    changes: Callable[[Facts, Settings], list[Change]]
    needs: tuple[str, ...] = ()
    """Names of the steps whose changes come first."""
