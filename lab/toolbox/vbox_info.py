"""`VBoxManage list` and `showvminfo`: what machines shall read, and what people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lab.toolbox.state import Machine, Share, World
from lab.toolbox.vbox_errors import Refused, not_found

FIND = "FindMachine(Bstr(VMNameOrUuid).raw(), machine.asOutParam())"
STATES = {"poweroff": "powered off"}


def list_machines(world: World, argv: Sequence[str]) -> str:
    """Answer `list vms` and `list runningvms`; of other lists it knows none."""
    if not argv or argv[-1] not in ("vms", "runningvms"):
        raise Refused(2, f'Unknown subcommand "{argv[-1] if argv else ""}".')
    shown = [each for each in world.machines.values() if argv[-1] == "vms" or each.state in ("running", "paused")]
    lost = world.faults.inaccessible
    return "".join(f'"{"<inaccessible>" if lost else each.name}" {{{each.uuid}}}\n' for each in shown)


def showvminfo(world: World, argv: Sequence[str]) -> str:
    """Answer for one machine, the lines that matter here."""
    names = [word for word in argv if not word.startswith("-")]
    machine = world.found(names[0]) if names else None
    if machine is None:
        raise not_found(world, names[0] if names else "", "3248 of file VBoxManageInfo.cpp", FIND)
    lines = _for_machines(world, machine) if "--machinereadable" in argv else _for_people(machine)
    return "".join(f"{line}\n" for line in lines)


def _for_machines(world: World, machine: Machine) -> Iterator[str]:
    yield f'name="{machine.name}"'
    yield 'ostype="Linux 2.6 / 3.x / 4.x / 5.x (64-bit)"'
    yield f'UUID="{machine.uuid}"'
    yield f'CfgFile="{_escaped(machine.settings_file)}"'
    yield "memory=1024"
    yield "cpus=1"
    yield f'VMState="{machine.state}"'
    yield f'VMStateChangeTime="{machine.since}"'
    for number, rule in enumerate(machine.forwards.values()):
        yield f'Forwarding({number})="{rule}"'
    yield 'natnet1="nat"'
    yield 'macaddress1="080027A1B2C3"'
    yield 'nic1="nat"'
    yield 'hostonlyadapter2="vboxnet0"'
    yield 'macaddress2="080027D4E5F6"'
    yield 'nic2="hostonly"'
    for kind, shares in (("Machine", machine.shares), ("Transient", machine.transient)):
        for number, share in enumerate(shares, 1):
            # Version 5 writes what it has between quotes, and escapes nothing.
            path, name = (share.path, share.name) if world.raw_paths else (_escaped(share.path), _escaped(share.name))
            yield f'SharedFolderName{kind}Mapping{number}="{name}"'
            yield f'SharedFolderPath{kind}Mapping{number}="{path}"'
    yield "GuestMemoryBalloon=0"


def _for_people(machine: Machine) -> Iterator[str]:
    yield f"Name:                        {machine.name}"
    yield "Guest OS:                    Linux 2.6 / 3.x / 4.x / 5.x (64-bit)"
    yield f"UUID:                        {machine.uuid}"
    yield f"Config file:                 {machine.settings_file}"
    yield "Memory size:                 1024MB"
    yield f"State:                       {STATES.get(machine.state, machine.state)} (since {machine.since})"
    shares = [*(_row(each, "machine") for each in machine.shares), *(_row(e, "transient") for e in machine.transient)]
    yield "Shared folders:              " + ("" if shares else "<none>")
    yield ""
    if shares:
        yield from shares
        yield ""


def _row(share: Share, kind: str) -> str:
    parts = [f"Name: '{share.name}'", f"Host path: '{share.path}' ({kind} mapping)"]
    parts.append("writable" if share.writable else "readonly")
    if share.automount:
        parts.append("auto-mount")
    if share.symlinks:
        parts.append(f"symlink-policy: {share.symlinks}")
    if share.mount_point:
        parts.append(f"mount-point: '{share.mount_point}'")
    return ", ".join(parts)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
