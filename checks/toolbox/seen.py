"""What the doctor saw of this machine and its VM, and a claim about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from checks.model import Check, Severity, Verdict
from provisioning.errors import GpudockError
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.workstation import Workstation


@dataclass(frozen=True)
class Seen:
    here: Workstation
    name: str = "default"
    """Of the VM."""
    vboxmanage: str = ""
    """Where it stands, '' nowhere."""
    version: str = ""
    """What `VBoxManage --version` printed, with its warnings."""
    docker_machine: str = ""
    machine: Machine | None = None
    """Without its inside, as long as it does not answer."""
    machine_error: GpudockError | None = None
    inside_error: GpudockError | None = None
    address: str = ""
    system: Mapping[str, str] = field(default_factory=dict)
    """What `system_answers` reads; empty where nothing could be asked."""
    gone_folders: tuple[str, ...] = ()
    """Host paths of shares that are no folder."""
    newer: tuple[str, ...] = ()
    """Docker Desktop, Podman, Rancher Desktop: what of them is installed."""


@dataclass(frozen=True)
class Claim:
    """A check, before anything was seen."""

    id: str
    text: str
    judge: Callable[[Seen], Verdict]
    needs: tuple[str, ...] = ()
    severity: Severity = Severity.CRITICAL
    headline: bool = False

    def on(self, seen: Seen) -> Check:
        def judge(_: object) -> Verdict:
            return self.judge(seen)

        return Check(self.id, self.text, judge, self.severity, self.needs, headline=self.headline)
