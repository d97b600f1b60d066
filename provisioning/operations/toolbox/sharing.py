"""Share a folder, or let one go: look, plan, change, look again, prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioning.errors import NotConverged, UsageError
from provisioning.operations.toolbox.applying import apply
from provisioning.operations.toolbox.looking import Opened, do_what_is_due, look, opened
from provisioning.operations.toolbox.proving import prove
from provisioning.operations.toolbox.vm import start, stop
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.plan import Change
from provisioning.runners.programs import command_line
from provisioning.toolbox import within
from provisioning.toolbox.choose import Asked, choose
from provisioning.toolbox.forms import WORK, this_shell, written
from provisioning.toolbox.machine import Machine, in_between
from provisioning.toolbox.plan import changes, waits_for_power_off
from provisioning.toolbox.shares import Wish

RESTARTS = ("ask", "never", "now")


@dataclass(frozen=True)
class Manner:
    """How the person wants it done."""

    restart: str = "ask"
    dry_run: bool = False
    image: str = "busybox"
    """What the container of the proof is made of."""
    form: str = "docker"


def manner(
    place: Workplace, *, restart: str = "ask", dry_run: bool = False, image: str = "busybox", form: str = ""
) -> Manner:
    """Return the Manner that options mean. Raises UsageError."""
    if restart not in RESTARTS:
        raise UsageError(f"--restart takes one of {', '.join(RESTARTS)}, and was given {restart!r}.")
    form = form or this_shell(place.here)
    written("/", form)
    return Manner(restart, dry_run, image, form)


def share(place: Workplace, machine: str, asked: Asked, manner: Manner) -> list[str]:
    """Share a folder with the VM; return what to tell, the ready `-v` last. Raises GpudockError."""
    if not place.files.is_folder(asked.host_path):
        raise UsageError(f"There is no folder {asked.host_path}.", "Make it, or name one that is there.")
    vm = _ready(place, machine, settle=not manner.dry_run)
    through = within.held(asked, vm.machine, place.here)
    if through:
        return _seen_through(vm, asked, through, manner)
    wish = choose(asked, vm.machine, place.here, place.files.is_folder)
    if not wish.lasting and vm.machine.is_off:
        raise UsageError(
            f"A transient share needs a running VM, and {machine!r} is off.",
            f"Start it: docker-machine start {machine}",
        )
    if manner.dry_run:
        return _told(vm, wish, manner)
    vm = _converged(vm, wish, manner)
    proved = _proved(vm, wish, manner)
    return [*proved, *_until_when(vm.machine, wish, place), _argument(wish, manner.form)]


def _seen_through(vm: Opened, asked: Asked, held: within.Held, manner: Manner) -> list[str]:
    """Prove a folder that the share of one above it shows already; nothing is changed but a VM started on consent."""
    name = vm.machine.name
    there = f"{asked.host_path} is in the share {held.share.name}, which is "
    there += "transient until power-off" if held.share.transient else "permanent"
    if manner.dry_run:
        return [f"{there}: nothing needs changing."]
    vm.place.say("Nothing needs changing.")
    if vm.machine.is_off and _may_start(vm, manner):
        start(vm.box, name)
        vm = Opened(vm.box, look(vm.box, name))
    wish = Wish(held.share.name, asked.host_path, held.mount_point, asked.writable)
    off = [f"The VM is off. It is proved when it runs: docker-machine start {name}"] if vm.machine.is_off else []
    proved = _proved(vm, wish, manner, held.shared_at)
    return [*proved, f"{there}. --name NAME makes it one of its own.", *off, _argument(wish, manner.form)]


def _proved(vm: Opened, wish: Wish, manner: Manner, shared_at: str = "") -> list[str]:
    if not vm.machine.guest:
        return []
    try:
        return [prove(vm.place, vm.machine.name, vm.machine.guest, wish, manner.image, shared_at)]
    except KeyboardInterrupt:
        vm.place.say(f"Interrupted: the share {wish.name} is there, and was not proved.")
        raise


def unshare(place: Workplace, machine: str, named: str, manner: Manner) -> list[str]:
    """Let a share go, by its name or its folder; return what to tell. Raises GpudockError."""
    vm = _ready(place, machine, settle=not manner.dry_run)
    here = place.here
    folder = here.join(here.folder, named)
    names = {each.name for each in vm.machine.shares if named == each.name or here.same_path(folder, each.host_path)}
    if not names and named not in vm.machine.wishes:
        raise UsageError(f"The VM {machine!r} has no share {named!r}.", "./gpudock toolbox.shares shows what it has.")
    told: list[str] = []
    for name in sorted(names or {named}):
        wish = _parting(vm.machine, name)
        if manner.dry_run:
            told += _told(vm, wish, manner)
            continue
        vm = _converged(vm, wish, manner)
        waits = waits_for_power_off(vm.machine, wish, here)
        told.append(
            f"{name} is unmounted; the share itself goes when a toolbox command finds the VM off."
            if waits
            else f"{name} is no longer shared; its folder and files stay."
        )
    return told


def _ready(place: Workplace, machine: str, *, settle: bool) -> Opened:
    vm = opened(place, machine, settle=settle)
    if not (vm.machine.is_off or vm.machine.runs):
        raise in_between(machine, vm.machine.state)
    return vm


def _parting(machine: Machine, name: str) -> Wish:
    known = machine.wishes.get(name)
    path = next((each.host_path for each in machine.shares if each.name == name), known.host_path if known else "")
    return replace(known or Wish(name, path, f"/{name}"), present=False, lasting=True, due=False)


def _converged(vm: Opened, wish: Wish, manner: Manner) -> Opened:
    """Make it so, with the VM off for a while where that is agreed to. Raises NotConverged where it is not so then."""
    machine, here, box = vm.machine, vm.place.here, vm.box
    if machine.runs and waits_for_power_off(machine, wish, here) and _may_restart(vm, wish, manner):
        machine = _with_restart(vm, wish)
    elif machine.is_off and wish.present and _may_start(vm, manner):
        apply(box, machine.name, changes(machine, wish, here))
        start(box, machine.name)
        machine = look(box, machine.name)
    todo = changes(machine, wish, here)
    if not todo and machine == vm.machine:
        vm.place.say("Nothing needs changing.")
    if todo:
        apply(box, machine.name, todo)
        machine = look(box, machine.name)
    left = changes(machine, wish, here)
    if left:
        raise NotConverged(
            f"All commands went well, yet something is left to do on the VM {machine.name!r}: {left[0].sentence}.",
            "Run it again; somebody may have changed the VM meanwhile.",
        )
    return Opened(box, machine)


def _with_restart(vm: Opened, wish: Wish) -> Machine:
    """Change the permanent share while the VM is off. It runs again afterwards, whatever happens."""
    name = vm.machine.name
    stop(vm.box, name)
    try:
        stopped = look(vm.box, name)
        do_what_is_due(
            vm.box, replace(stopped, wishes={key: w for key, w in stopped.wishes.items() if key != wish.name})
        )
        apply(vm.box, name, changes(stopped, wish, vm.place.here))
    finally:
        start(vm.box, name)
    return look(vm.box, name)


def _may_restart(vm: Opened, wish: Wish, manner: Manner) -> bool:
    if not wish.lasting and wish.present:
        return False
    what = f"permanent: restart the VM {vm.machine.name!r} now? Its containers stop. [y/N] "
    return _agreed(vm.place, manner, f"The share {wish.name} can become {what}" if wish.present else f"To be {what}")


def _may_start(vm: Opened, manner: Manner) -> bool:
    return _agreed(
        vm.place, manner, f"The VM {vm.machine.name!r} is off. Start it to mount and prove the share? [y/N] "
    )


def _agreed(place: Workplace, manner: Manner, question: str) -> bool:
    if manner.restart != "ask":
        return manner.restart == "now"
    return bool(place.agree and place.agree(question))


def _until_when(machine: Machine, wish: Wish, place: Workplace) -> list[str]:
    if machine.is_off:
        return [f"The VM is off. {wish.name} is mounted when it starts: docker-machine start {machine.name}"]
    if not machine.share(wish.name, transient=False) and not wish.lasting:
        return [f"{wish.name} is transient until power-off, as asked."]
    if waits_for_power_off(machine, wish, place.here):
        later = "the next toolbox command that finds the VM off makes it permanent"
        return [f"{wish.name} is transient until power-off; {later}."]
    if machine.guest and not machine.guest.boot2docker:
        return [f"{wish.name} is permanent; the VM is no boot2docker, so mount it there yourself after a reboot."]
    return [f"{wish.name} is permanent, and mounted at {wish.mount_point} again after a reboot."]


def _argument(wish: Wish, form: str) -> str:
    """Return what `docker run` takes, or an entry of Compose's `volumes`."""
    volume = f"{wish.mount_point}:{WORK}" + ("" if wish.writable else ":ro")
    return f"{'-' if form == 'compose' else '-v'} {written(volume, form)}"


def _told(vm: Opened, wish: Wish, manner: Manner) -> list[str]:
    """Return what would be done, with the exact commands."""
    machine, here = vm.machine, vm.place.here
    if not (machine.runs and waits_for_power_off(machine, wish, here) and manner.restart == "now"):
        return _listed(changes(machine, wish, here), windows=here.windows) or ["Nothing needs changing."]
    while_off = changes(replace(machine, state="poweroff", guest=None), wish, here)
    return [
        f"Stop the VM {machine.name!r}, and while it is off:",
        *_listed(while_off, windows=here.windows),
        "Start it; what its automount does not do is done then.",
    ]


def _listed(planned: Sequence[Change], *, windows: bool) -> list[str]:
    lines = []
    for number, change in enumerate(planned, 1):
        lines.append(f"{number}. {change.sentence}")
        lines += [f"     {command_line(command.argv, windows=windows)}" for command in change.commands]
    return lines
