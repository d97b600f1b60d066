"""Make the changes of a plan, in order; when one fails, take back what was done, or name what stays."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from provisioning.command import Command
from provisioning.errors import ChangeFailed, GpudockError
from provisioning.operations.toolbox.virtualbox import VirtualBox
from provisioning.operations.toolbox.vm import Vm
from provisioning.plan import Change
from provisioning.toolbox import mounts
from provisioning.toolbox.vbox_errors import vm_command_failed


def apply(box: VirtualBox, machine: str, changes: Sequence[Change]) -> None:
    """Make the changes. Raises GpudockError, after those that were made before it were undone."""
    done: list[Change] = []
    for change in changes:
        box.place.say(f"  {change.sentence}")
        try:
            for command in change.commands:
                _act(box, machine, command)
        except GpudockError as failure:
            left = _undo(box, machine, [*done, *([change] if len(change.commands) > 1 else [])])
            if left:
                raise _naming_what_stays(failure, left) from failure
            raise
        except BaseException:  # Ctrl-C too leaves nothing half done
            _take_back_interrupted(box, machine, done, change)
            raise
        done.append(change)


def _act(box: VirtualBox, machine: str, command: Command) -> None:
    if command.argv[0] == "VBoxManage":
        box.do(machine, command)
        return
    reply = Vm(box.place, machine).run(command)
    if reply.code:
        said = vm_command_failed(machine, reply)
        cause, hint = mounts.meaning(said)
        told = f"In the VM {machine!r}: {said}" + (f" ({cause})" if cause else "")
        raise ChangeFailed(told, hint or f"Look there: docker-machine ssh {machine}")


def _undo(box: VirtualBox, machine: str, changes: Sequence[Change]) -> list[str]:
    """Take the changes back, the last one first; return the sentences of those that stay."""
    left = []
    for change in reversed(changes):
        try:
            for command in change.undo:
                _act(box, machine, command)
        except GpudockError:
            left.append(change.sentence)
    return left


def _take_back_interrupted(box: VirtualBox, machine: str, done: Sequence[Change], current: Change) -> None:
    """Undo what was done, and first what nobody knows of whether it was done."""
    box.place.say("Interrupted: what was done is taken back …")
    for command in current.undo:
        with suppress(GpudockError):
            _act(box, machine, command)
    left = _undo(box, machine, done)
    if left:
        box.place.say(f"This could not be taken back: {'; '.join(left)}.")


def _naming_what_stays(failure: GpudockError, left: Sequence[str]) -> GpudockError:
    told = f"{failure.message} What was done before and could not be taken back: {'; '.join(left)}."
    return type(failure)(told, failure.hint)
