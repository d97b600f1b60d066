"""Look at a VM, and do what an earlier command left for later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioning.errors import GpudockError
from provisioning.operations.toolbox.applying import apply
from provisioning.operations.toolbox.virtualbox import VirtualBox, find
from provisioning.operations.toolbox.vm import Vm
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.plan import Change
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.plan import changes


@dataclass(frozen=True)
class Opened:
    """A VM, and what it was just now."""

    box: VirtualBox
    machine: Machine

    @property
    def place(self) -> Workplace:
        return self.box.place


def opened(place: Workplace, name: str, *, settle: bool = True) -> Opened:
    """Return the VM, after what was due is done (`settle`). Raises GpudockError."""
    box = find(place)
    machine = look(box, name)
    return Opened(box, look(box, name) if settle and do_what_is_due(box, machine) else machine)


def settle(place: Workplace, name: str) -> None:
    """Do what is due, for a command that itself needs nothing of VirtualBox. Raises GpudockError."""
    box = find(place)
    if any(wish.due for wish in box.wishes(name).values()):
        do_what_is_due(box, look(box, name))


def look(box: VirtualBox, name: str) -> Machine:
    """Return the VM as VirtualBox has it, and from inside where it runs. Raises GpudockError."""
    machine = box.machine(name)
    return replace(machine, guest=Vm(box.place, name).look()) if machine.runs else machine


def do_what_is_due(box: VirtualBox, machine: Machine) -> bool:
    """Do what is due and can be done now; tell whether anything was. A failure is said, and tried again next time."""
    if not (machine.is_off or machine.runs):
        return False
    found = False
    for wish in [each for each in machine.wishes.values() if each.due]:
        due = changes(machine, wish, box.place.here)
        if not due:
            continue
        if not found:
            box.place.say(f"Left for now by an earlier command, on the VM {machine.name!r}:")
        found = True
        _do(box, machine.name, due)
        machine = look(box, machine.name)  # bootsync.sh is one for all: planned from what it was, blocks would be lost
    return found


def _do(box: VirtualBox, name: str, due: Sequence[Change]) -> None:
    try:
        apply(box, name, due)
    except GpudockError as failure:
        box.place.say(f"  not done: {failure.message}")
