"""Ask VirtualBox: one call at a time, again while somebody holds its lock, and the machine as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provisioning.command import Command
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.runners.programs import Reply
from provisioning.toolbox import finding, vbox_answers, vbox_errors
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.shares import Share, Wish, from_text
from provisioning.toolbox.vbox_answers import Refusal, refusal
from provisioning.toolbox.vboxmanage import recorded, symlinks_allowed, vboxmanage

CALL_SECONDS = 60
LOCK_SECONDS = 10
"""How long another program may hold the machine before the person is told: VirtualBox itself does for a second."""


@dataclass(frozen=True)
class VirtualBox:
    place: Workplace
    program: str
    """Where VBoxManage stands."""

    def ask(self, command: Command) -> Reply | Refusal:
        """Run `VBoxManage …`; a lock and a service that begins are waited for."""
        end = self.place.now() + LOCK_SECONDS
        while True:
            reply = self.place.programs.call((self.program, *command.argv[1:]), CALL_SECONDS)
            refused = refusal(reply)
            if refused is None:
                return reply
            if not refused.passes or self.place.now() >= end:
                return refused
            self.place.pause(0.5)

    def do(self, machine: str, command: Command) -> str:
        """Run `VBoxManage …` and return what it printed. Raises what `vbox_errors.refused` makes of a refusal."""
        reply = self.ask(command)
        if isinstance(reply, Refusal):
            raise vbox_errors.refused(machine, reply)
        return reply.out

    def machine(self, name: str) -> Machine:
        """Return the machine as VirtualBox has it, not yet from inside. Raises GpudockError."""
        values = self.settings(name)
        extra = vbox_answers.extra_data(self.do(name, vboxmanage("getextradata", name, "enumerate")))
        shares = vbox_answers.shares(values, self.do(name, vboxmanage("showvminfo", name)))
        return Machine(
            name=name,
            state=values.get("VMState", "unknown"),
            version=vbox_answers.version(self.do(name, vboxmanage("--version"))),
            shares=tuple(_with_symlinks(share, extra) for share in shares),
            wishes=_wishes(extra),
            settings=values,
        )

    def wishes(self, name: str) -> dict[str, Wish]:
        """Return what the machine was asked to have; nothing for one that is not there. Raises GpudockError."""
        reply = self.ask(vboxmanage("getextradata", name, "enumerate"))
        return {} if isinstance(reply, Refusal) else _wishes(vbox_answers.extra_data(reply.out))

    def settings(self, name: str) -> dict[str, str]:
        """Return what `showvminfo --machinereadable` tells. Raises UsageError for a VM that is not there."""
        reply = self.ask(vboxmanage("showvminfo", name, "--machinereadable"))
        if isinstance(reply, Refusal):
            if vbox_errors.is_unknown_machine(reply):
                known = vbox_answers.machines(self.do(name, vboxmanage("list", "vms")))
                raise vbox_errors.unknown_machine(name, known)
            raise vbox_errors.refused(name, reply)
        return vbox_answers.settings(reply.out)


def find(place: Workplace) -> VirtualBox:
    """Return VirtualBox as this machine has it. Raises UnsupportedHost where it has none."""
    program = place.programs.find("VBoxManage") or next(
        (path for path in finding.candidates(place.here, _registry(place)) if place.files.is_file(path)), None
    )
    if program is None:
        raise vbox_errors.no_virtualbox()
    return VirtualBox(place, program)


def _registry(place: Workplace) -> str:
    if not place.here.windows or not place.programs.find("reg"):
        return ""
    return place.programs.call(finding.REGISTRY_QUESTION, CALL_SECONDS).out


def _with_symlinks(share: Share, extra: dict[str, str]) -> Share:
    return replace(share, symlinks=share.symlinks or (not share.transient and symlinks_allowed(extra, share.name)))


def _wishes(extra: dict[str, str]) -> dict[str, Wish]:
    return {name: wish for name, text in recorded(extra).items() if (wish := _wish(name, text))}


def _wish(name: str, text: str) -> Wish | None:
    wish = from_text(text)
    return wish if wish and wish.name == name else None
