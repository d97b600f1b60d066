"""The VirtualBox machine as it is: its state, its shares, what it was asked to have, and the VM from inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioning.errors import GpudockError, UnsupportedHost
from provisioning.toolbox.guest import Guest
from provisioning.toolbox.shares import Share, Wish

OFF = frozenset({"poweroff", "aborted"})
RUNNING = "running"

_REMEDIES = {
    "saved": "Start it (docker-machine start {name}), or drop what it saved: VBoxManage discardstate {name}",
    "aborted-saved": "Start it (docker-machine start {name}), or drop what it saved: VBoxManage discardstate {name}",
    "paused": "Let it go on: VBoxManage controlvm {name} resume",
    "gurumeditation": "It has crashed: VBoxManage controlvm {name} poweroff",
}
_PASSING = "Wait until it has, then run this again; VBoxManage showvminfo {name} tells its state."


@dataclass(frozen=True)
class Machine:
    name: str
    state: str
    """As VirtualBox calls it: poweroff, running, saved, paused, aborted, starting …"""
    version: tuple[int, int] = (0, 0)
    """Of VirtualBox."""
    shares: tuple[Share, ...] = ()
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    """By name: what is still to be done when the machine is off or runs, and how shares are mounted."""
    guest: Guest | None = None
    """None while it does not run."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """All that VirtualBox tells of it."""

    @property
    def is_off(self) -> bool:
        return self.state in OFF

    @property
    def runs(self) -> bool:
        return self.state == RUNNING

    def share(self, name: str, *, transient: bool) -> Share | None:
        return next((each for each in self.shares if each.name == name and each.transient == transient), None)


def in_between(name: str, state: str) -> GpudockError:
    """Return why a machine that is neither off nor running is left alone."""
    remedy = _REMEDIES.get(state, _PASSING).format(name=name)
    return UnsupportedHost(f"The VM {name!r} is {state}; its shares can change when it is off or runs.", remedy)
