"""The stand-in's VBoxManage."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from lab.toolbox import guest, vbox_errors, vbox_info, vbox_nat, vbox_power
from lab.toolbox.state import Machine, World, change_state, opened
from lab.toolbox.vbox_errors import Refused, not_found
from lab.toolbox.vbox_shares import lock_for_writing, sharedfolder

READING = ("list", "showvminfo", "getextradata", "guestproperty", "--version")


def main(state: Path, argv: Sequence[str]) -> int:
    """Answer as VBoxManage does."""
    with opened(state) as world:
        vbox_power.settle(world)
        try:
            code, out, err, started = _answer(world, argv)
        except Refused as refusal:
            code, out, err, started = refusal.code, refusal.out, _refusal(world, refusal), None
    if started:
        guest.act(world, "boot", started.name)
    _write(sys.stdout, out, world)
    _write(sys.stderr, err, world)
    return code


def _answer(world: World, argv: Sequence[str]) -> tuple[int, str, str, Machine | None]:
    """Return the exit code, both streams, and the machine that is to be booted."""
    command, words = (argv[0], argv[1:]) if argv else ("", ())
    if world.faults.quiet_error and command not in READING:
        said, world.faults.quiet_error = world.faults.quiet_error, ""
        return 0, "", f"{program_name(world)}: error: {said}\n", None
    if command == "startvm":
        machine = vbox_power.start(world, words)
        fresh = machine.state != "saved"
        vbox_power.mark_started(world, machine)
        said = f'{vbox_power.waiting(machine)}VM "{machine.name}" has been successfully started.\n'
        return 0, said, "", machine if fresh else None
    if command not in _COMMANDS:
        raise Refused(2, f"Invalid command '{command}'")
    return 0, _COMMANDS[command](world, words), "", None


def program_name(world: World) -> str:
    return "VBoxManage.exe" if world.windows else "VBoxManage"


def _refusal(world: World, refusal: Refused) -> str:
    name = program_name(world)
    lines = "".join(f"{name}: error: {line}\n" for line in refusal.lines).replace("\nVBoxManage:", f"\n{name}:")
    return f"{vbox_errors.banner(world)}{lines}{refusal.usage}" if refusal.usage else lines


def _write(stream: object, text: str, world: World) -> None:
    data = text.replace("\n", "\r\n") if world.windows else text
    stream.buffer.write(data.encode("utf-8", "surrogateescape"))  # type: ignore[attr-defined]


def _version(world: World, _: Sequence[str]) -> str:
    return f"{world.version}\n"


def _createvm(world: World, words: Sequence[str]) -> str:
    name = words[words.index("--name") + 1]
    folder = f"{world.place}/VirtualBox VMs/{name}"
    machine = Machine(name, str(uuid.uuid4()), f"{folder}/{name}.vbox")
    change_state(machine, "poweroff")
    world.machines[name] = machine
    said = f"Virtual machine '{name}' is created and registered.\nUUID: {machine.uuid}\n"
    return f"{said}Settings file: '{machine.settings_file}'\n"


def _set_extra_data(world: World, words: Sequence[str]) -> str:
    machine = _extra(world, words[0], "1438")
    machine.extra_data.pop(words[1], None)
    if len(words) > 2 and words[2]:
        machine.extra_data[words[1]] = words[2]
    return ""


def _get_extra_data(world: World, words: Sequence[str]) -> str:
    machine = _extra(world, words[0], "1378")
    if words[1] == "enumerate":
        return "".join(f"Key: {key}, Value: {value}\n" for key, value in sorted(machine.extra_data.items()))
    return f"Value: {machine.extra_data[words[1]]}\n" if words[1] in machine.extra_data else "No value set!\n"


def _extra(world: World, name: str, line: str) -> Machine:
    machine = world.found(name)
    if machine is None:
        call = "FindMachine(Bstr(a->argv[0]).raw(), machine.asOutParam())"
        raise not_found(world, name, f"{line} of file VBoxManageMisc.cpp", call)
    return machine


def _guest_property(world: World, words: Sequence[str]) -> str:
    machine = _extra(world, words[1], "1378")
    running = guest.answers(machine) and not world.faults.no_guest_additions
    properties = {
        "/VirtualBox/GuestAdd/Version": "5.2.42",
        "/VirtualBox/GuestInfo/Net/1/V4/IP": machine.address,
    }
    if words[0] != "get" or not running or words[2] not in properties:
        return "No value set!\n"
    return f"Value: {properties[words[2]]}\n"


def _modifyvm(world: World, words: Sequence[str]) -> str:
    machine = _extra(world, words[0], "1378")
    lock_for_writing(world, machine)
    if words[1] == "--natpf1":
        vbox_nat.forward(world, machine, words[2:], vbox_nat.OFF)
    return ""


_COMMANDS = {
    "--version": _version,
    "-V": _version,
    "list": vbox_info.list_machines,
    "showvminfo": vbox_info.showvminfo,
    "sharedfolder": sharedfolder,
    "createvm": _createvm,
    "modifyvm": _modifyvm,
    "controlvm": vbox_power.control,
    "discardstate": vbox_power.discard,
    "setextradata": _set_extra_data,
    "getextradata": _get_extra_data,
    "guestproperty": _guest_property,
}
