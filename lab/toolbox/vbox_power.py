"""`VBoxManage startvm`, `controlvm` and `discardstate`: the states of a machine and the ways between them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from lab.toolbox import guest, vbox_nat
from lab.toolbox.state import Machine, World, change_state
from lab.toolbox.vbox_errors import DISCARD, START, Refused, not_found, not_running, refused

STARTABLE = ("poweroff", "aborted", "saved")


def settle(world: World) -> None:
    """Bring all machines up to the present: what was begun before may be over by now."""
    for machine in world.machines.values():
        if machine.state == "starting" and time.time() >= machine.runs_at:
            change_state(machine, "running")
        if machine.off_at and time.time() >= machine.off_at:
            power_off(world, machine)


def start(world: World, argv: Sequence[str]) -> Machine:
    """Begin `startvm`, and return the machine; one that was not saved is yet to be booted. Raises Refused."""
    name = next(word for word in argv if not word.startswith("-") and word not in ("headless", "gui", "sdl"))
    machine = world.found(name)
    if machine is None:
        call = "FindMachine(Bstr(pszVM).raw(), machine.asOutParam())"
        raise not_found(world, name, "907 of file VBoxManageMisc.cpp", call)
    if machine.state not in STARTABLE or world.faults.locks_refused:
        world.faults.locks_refused = max(0, world.faults.locks_refused - 1)
        message = f"The machine '{machine.name}' is already locked by a session (or being locked or unlocked)"
        raise refused(world, message, "VBOX_E_INVALID_OBJECT_STATE", START)
    if world.faults.start_fails:
        # As without its kernel module; the answer names no callee.
        reason = f"The virtual machine '{machine.name}' has terminated unexpectedly during startup"
        details = "Details: code NS_ERROR_FAILURE (0x80004005), component MachineWrap, interface IMachine"
        raise Refused(1, f"{reason} with exit code 1 (0x1)", details, out=waiting(machine))
    return machine


def waiting(machine: Machine) -> str:
    return f'Waiting for VM "{machine.name}" to power on...\n'


def mark_started(world: World, machine: Machine) -> None:
    """Note that it starts; one that was saved goes on as it was."""
    now = time.time()
    if machine.state != "saved":
        machine.boots += 1
        machine.answers_at = now + world.faults.starting_seconds + world.faults.boot_seconds
    machine.runs_at = now + world.faults.starting_seconds
    change_state(machine, "starting" if world.faults.starting_seconds else "running")


def control(world: World, argv: Sequence[str]) -> str:
    """Do `controlvm NAME VERB …`. Raises Refused."""
    machine = world.found(argv[0])
    if machine is None:
        call = "FindMachine(Bstr(a->argv[0]).raw(), machine.asOutParam())"
        raise not_found(world, argv[0], "363 of file VBoxManageControlVM.cpp", call)
    if machine.state not in guest.HAS_CONSOLE:
        raise not_running(machine.name)
    verb, words = argv[1], argv[2:]
    if verb == "natpf1":
        vbox_nat.forward(world, machine, words, vbox_nat.RUNNING)
    elif verb == "acpipowerbutton":
        if machine.state == "running" and not world.faults.shutdown_ignored:
            machine.off_at = time.time() + world.faults.shutdown_seconds
            settle(world)
    elif verb == "poweroff":
        power_off(world, machine)
    elif verb in ("pause", "resume", "savestate"):
        change_state(machine, {"pause": "paused", "resume": "running", "savestate": "saved"}[verb])
    else:
        raise Refused(2, f"Invalid parameter '{verb}'")
    return ""


def discard(world: World, argv: Sequence[str]) -> str:
    """Do `discardstate NAME`, which tells of its failure with exit code 0, as 7.2 was seen to do."""
    machine = world.found(argv[0])
    if machine is None:
        call = "FindMachine(Bstr(a->argv[0]).raw(), machine.asOutParam())"
        raise not_found(world, argv[0], "1286 of file VBoxManageMisc.cpp", call)
    if machine.state != "saved":
        states = {"poweroff": "PoweredOff", "running": "Running", "paused": "Paused", "aborted": "Aborted"}
        message = "Cannot discard the saved state as the machine is not in the Saved or Aborted-Saved state "
        message += f"(machine state: {states.get(machine.state, machine.state)})"
        raise refused(world, message, "VBOX_E_INVALID_VM_STATE", DISCARD, exit_code=0)
    power_off(world, machine)
    return ""


def power_off(world: World, machine: Machine) -> None:
    """End the guest; what is transient goes with it."""
    guest.act(world, "disk", machine.name)
    machine.transient, machine.off_at = [], 0.0
    change_state(machine, "poweroff")
