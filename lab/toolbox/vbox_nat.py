"""Rules that lead from a port of the host to one of the guest: `natpf1`, of a machine that runs or is off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lab.toolbox.state import Machine, World
from lab.toolbox.vbox_errors import Refused, Site, context, refused

RULE = re.compile(r"(?P<name>[^,]*),(?P<kind>tcp|udp),(?P<address>[^,]*),(?P<port>[^,]*),[^,]*,(?P<guest>[^,]*)")
ADD = (
    "AddRedirect(Bstr(strName).raw(), proto, Bstr(strHostIp).raw(), RTStrToUInt16(strHostPort), "
    "Bstr(strGuestIp).raw(), RTStrToUInt16(strGuestPort))"
)


@dataclass(frozen=True)
class Door:
    """Where in VirtualBox rules are changed. What it says of a running machine was read, not heard."""

    add: Site
    remove: Site


def _door(file: str, word: str) -> Door:
    component = ("NATEngineWrap", "INATEngine")
    return Door(
        Site(*component, ADD, f"2251 of file {file}"),
        Site(*component, f"RemoveRedirect(Bstr({word}).raw())", f"2264 of file {file}"),
    )


OFF = _door("VBoxManageModifyVM.cpp", "ValueUnion.psz")
RUNNING = _door("VBoxManageControlVM.cpp", "a->argv[3]")


def forward(world: World, machine: Machine, words: Sequence[str], door: Door) -> None:
    """Add the rule `name,tcp|udp,host address,host port,guest address,guest port`, or `delete NAME`. Raises Refused."""
    if words[0] == "delete":
        if machine.forwards.pop(words[1], None) is None:
            code = "E_INVALIDARG" if world.windows else "NS_ERROR_INVALID_ARG"
            message = f"Code {code} (0x80070057) - Invalid argument value (extended info not available)"
            raise Refused(1, message, context(door.remove))
        return
    rule = RULE.fullmatch(words[0])
    if rule is None:
        raise Refused(2, "Missing or invalid argument to '--natpf'")
    name = rule["name"] or f"{rule['kind']}_{rule['port']}_{rule['guest']}"
    if name in machine.forwards:
        raise refused(world, "A NAT rule of this name already exists", "NS_ERROR_INVALID_ARG", door.add)
    if _way_in(rule) in [_way_in(each) for each in map(RULE.fullmatch, machine.forwards.values()) if each]:
        message = "A NAT rule for this host port and this host IP already exists"
        raise refused(world, message, "NS_ERROR_INVALID_ARG", door.add)
    machine.forwards[name] = f"{name},{words[0].partition(',')[2]}"


def _way_in(rule: re.Match[str]) -> tuple[str, ...]:
    return rule["kind"], rule["address"], rule["port"]
