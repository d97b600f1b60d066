"""What a refusal of VBoxManage or docker-machine means for the person: a sentence, and what to do."""

from __future__ import annotations

import re

from provisioning.errors import ChangeFailed, GpudockError, Locked, Unreachable, UnsupportedHost, UsageError
from provisioning.runners.programs import Reply
from provisioning.toolbox.vbox_answers import IN_USE, LOCKED, NOT_FOUND, Refusal

INACCESSIBLE = "<inaccessible>"


def no_virtualbox() -> GpudockError:
    return UnsupportedHost(
        "VirtualBox is not found: no VBoxManage on PATH, nor where it is usually installed.",
        "Install VirtualBox, or put the folder of VBoxManage on PATH. Docker Desktop and Podman need no VirtualBox.",
    )


def refused(machine: str, refusal: Refusal) -> GpudockError:
    """Return the error for what VBoxManage refused to do with `machine`."""
    if refusal.code == LOCKED:
        return Locked(
            f"VirtualBox keeps the VM {machine!r} locked: {refusal.text}.",
            "Close its settings in the VirtualBox window (or stop what uses it), then run this again.",
        )
    if refusal.passes:
        return Locked(f"VirtualBox is not ready: {refusal.text}.", "Run this again in a moment.")
    if refusal.code == IN_USE:
        return UsageError(f"VirtualBox: {refusal.text}.", "./gpudock toolbox.shares shows what there is.")
    if "VERR_" in refusal.text and "shared folder path" in refusal.text:
        return UsageError(f"VirtualBox cannot read the folder: {refusal.text}.", "Name a folder that is there.")
    return ChangeFailed(f"VirtualBox, on the VM {machine!r}: {refusal.text}", "`VBoxManage list vms` shows its VMs.")


def unknown_machine(machine: str, known: dict[str, str]) -> GpudockError:
    """Return the error for a name that `list vms` has not. A VM whose settings file has gone loses its name there."""
    lost = [uuid for uuid, name in known.items() if name == INACCESSIBLE]
    names = ", ".join(name for name in known.values() if name != INACCESSIBLE)
    if lost:
        return UnsupportedHost(
            f"VirtualBox has no VM {machine!r}, and cannot read the settings of VM {lost[0]}, which may be it.",
            f"Put its .vbox file back (`VBoxManage list -l vms` says where), "
            f"or forget it: VBoxManage unregistervm {lost[0]}",
        )
    return UsageError(
        f"VirtualBox has no VM {machine!r}.",
        f"It has: {names}. Name one: --machine NAME"
        if names
        else "Make it: docker-machine create -d virtualbox default",
    )


def is_unknown_machine(refusal: Refusal) -> bool:
    return refusal.code == NOT_FOUND


def ssh_failed(machine: str, reply: Reply) -> GpudockError:
    """Return the error for a VM that docker-machine could not ask."""
    said = (reply.err.strip() or reply.out.strip()).splitlines()
    last = said[-1] if said else f"exit code {reply.code}"
    if "does not exist" in last:
        return UnsupportedHost(
            f"docker-machine does not know the VM {machine!r}.", "`docker-machine ls` shows what it knows."
        )
    if "is not running" in last:
        return UnsupportedHost(f"The VM {machine!r} is not running.", f"Start it: docker-machine start {machine}")
    if re.fullmatch("exit status 255", last):
        last = "its sshd does not answer"
    return Unreachable(
        f"The VM {machine!r} cannot be asked: {last}.",
        f"Wait until it has started, then run this again; docker-machine ssh {machine} tells more.",
    )


def vm_command_failed(machine: str, reply: Reply) -> str:
    """Return what a script in the VM said when it failed: docker-machine turns every exit code into 1."""
    lines = [line for line in (reply.err + reply.out).strip().splitlines() if not line.startswith("exit status ")]
    return lines[-1].strip() if lines else f"a command in the VM {machine!r} failed without a word"


def engine_not_reached(machine: str, reply: Reply) -> GpudockError:
    """Return the error where `docker-machine env` does not lead to the engine: a new address needs new keys."""
    said = " ".join(line.strip() for line in reply.err.splitlines() if line.strip())
    hint = f"docker-machine env {machine} tells more."
    if "regenerate-certs" in said or "x509" in said:
        said = "its keys are for another address"
        hint = f"Make new ones: docker-machine regenerate-certs --force {machine}"
    return Unreachable(f"The engine in the VM {machine!r} cannot be reached: {said or 'it says nothing'}.", hint)
