"""Reach the VM: its address, a port of it on localhost, a shell in it."""

from __future__ import annotations

import shlex
import sys

from provisioning.errors import NotConverged, UnsupportedHost
from provisioning.operations.toolbox.looking import settle
from provisioning.operations.toolbox.virtualbox import find
from provisioning.operations.toolbox.vm import Vm
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.toolbox import reach
from provisioning.toolbox.machine import RUNNING
from provisioning.toolbox.vbox_errors import ssh_failed


def ip(place: Workplace, machine: str) -> str:
    """Return the VM's address as it is now: it changes with a reboot. Raises Unreachable."""
    settle(place, machine)
    return Vm(place, machine).address()


def url(place: Workplace, machine: str, text: str) -> str:
    """Return where a browser of this machine finds what a container serves. Raises UsageError, Unreachable."""
    reach.url(text, reach.LOCALHOST)  # nonsense is refused before the VM is asked
    return reach.url(text, ip(place, machine))


def forward(place: Workplace, machine: str, vm_port: str, host_port: str, *, remove: bool) -> str:
    """Make localhost answer for a port of the running VM, or no longer; return what to tell. Raises GpudockError."""
    inner = reach.port(vm_port)
    outer = reach.port(host_port) if host_port else inner
    settle(place, machine)
    box = find(place)
    settings = box.settings(machine)
    if settings.get("VMState") != RUNNING:
        raise UnsupportedHost(
            f"The VM {machine!r} is not running ({settings.get('VMState')}).",
            f"Start it: docker-machine start {machine}",
        )
    if remove:
        ours = reach.own_rules(settings, inner)
        for rule in ours:
            box.do(machine, reach.remove(machine, rule, settings))
        return f"localhost no longer leads to port {inner} of the VM." if ours else "There is no such rule of ours."
    rule_wanted = reach.wanted(settings, outer, inner)
    if rule_wanted:
        box.do(machine, reach.add(machine, rule_wanted))
        if reach.wanted(box.settings(machine), outer, inner):
            raise NotConverged(f"VirtualBox took the rule {rule_wanted.name!r}, and does not show it.")
    return f"http://localhost:{outer}/ leads to port {inner} of the VM {machine!r}."


def ssh(place: Workplace, machine: str, argv: tuple[str, ...]) -> int:
    """Log in to the VM, or run `argv` there; return its exit code, which docker-machine itself turns into 1."""
    settle(place, machine)
    vm = Vm(place, machine)
    # docker-machine joins several words with blanks and has them read again: one quoted text stays as it is.
    words = (vm.program(), "ssh", machine, *([shlex.join(argv)] if argv else []))
    reply = place.programs.attach(words, errors_back=bool(argv))
    *said, last = reply.err.splitlines() or [""]
    code = last.removeprefix("exit status ")
    if last.startswith("exit status ") and code.isdigit() and code != "255":
        sys.stderr.write("".join(f"{line}\n" for line in said))
        return int(code)
    if reply.code and argv:
        raise ssh_failed(machine, reply)
    sys.stderr.write(reply.err)
    return reply.code
