"""What is to be done so that a share is as wanted: the machine as it is and the wish give the changes.

A permanent share can change only while the machine is off; a mount only while it runs. What cannot be done now is
remembered in the machine's extra data, and every later `toolbox.*` command does it when it can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioning.command import Command
from provisioning.plan import Change, FileDiff
from provisioning.toolbox import bootsync, guest
from provisioning.toolbox.guest import BOOTSYNC, Guest
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.shares import Share, Wish, to_text
from provisioning.toolbox.vboxmanage import (
    MODIFIES_SHARES,
    add_share,
    as_share,
    modify_share,
    remember,
    remove_share,
    symlink_extra_data,
    symlink_policy,
)
from provisioning.toolbox.workstation import Workstation


def changes(machine: Machine, wish: Wish, here: Workstation) -> list[Change]:
    """Return what can be done now, in order; none where all is as wanted or must wait. `machine` is off or runs."""
    if machine.is_off:
        return [*_permanent(machine, wish, here), *_record(machine, wish, here)]
    now = [*_moved(machine, wish), *_transient(machine, wish, here), *_mounted(machine, wish)]
    if wish.present and not wish.lasting:
        return now
    return [*now, *_at_boot(machine, wish), *_record(machine, wish, here)]


def waits_for_power_off(machine: Machine, wish: Wish, here: Workstation) -> bool:
    """Tell whether the permanent share is not yet as wanted."""
    return (wish.lasting or not wish.present) and bool(list(_permanent(machine, wish, here)))


def _permanent(machine: Machine, wish: Wish, here: Workstation) -> Iterator[Change]:
    """Yield what makes the permanent share as wanted; one line of the person's for each way it may differ."""
    wanted = as_share(wish, transient=False)
    found = machine.share(wish.name, transient=False)
    if not wish.present:
        if found:
            yield _removal(machine, found)
    elif found is None:
        yield _addition(machine, wanted)
    elif not here.same_path(found.host_path, wanted.host_path):
        yield _removal(machine, found, because=f", whose folder {found.host_path} has gone")
        yield _addition(machine, wanted)
    elif replace(found, host_path=wanted.host_path) != wanted:
        yield from _modified(machine, found, wanted)


def _addition(machine: Machine, share: Share) -> Change:
    kind = "until the VM is powered off" if share.transient else "permanently"
    access = "" if share.writable else ", read-only"
    links = [_symlinks(machine, share)] if share.symlinks else []
    return Change(
        f"Share {share.host_path} with the VM {machine.name!r} as {share.name} {kind}{access}",
        (add_share(machine.name, share), *links),
        undo=(remove_share(machine.name, share),),
    )


def _removal(machine: Machine, share: Share, because: str = "") -> Change:
    kind = "transient" if share.transient else "permanent"
    return Change(
        f"Remove the {kind} share {share.name}{because}",
        (remove_share(machine.name, share),),
        undo=(add_share(machine.name, share),),
    )


def _modified(machine: Machine, found: Share, wanted: Share) -> Iterator[Change]:
    flags = ", ".join(
        f"{name} {'yes' if after else 'no'}"
        for name, before, after in (
            ("writable", found.writable, wanted.writable),
            ("automount", found.automount, wanted.automount),
            ("symlinks", found.symlinks, wanted.symlinks),
        )
        if before != after
    )
    sentence = f"Change the share {found.name}: {flags}"
    links = [_symlinks(machine, wanted)] if found.symlinks != wanted.symlinks else []
    if machine.version >= MODIFIES_SHARES:
        yield Change(sentence, (modify_share(machine.name, wanted), *links), undo=(modify_share(machine.name, found),))
        return
    again = (remove_share(machine.name, found), add_share(machine.name, wanted), *links)
    yield Change(sentence, again, undo=(remove_share(machine.name, wanted), add_share(machine.name, found)))


def _symlinks(machine: Machine, share: Share) -> Command:
    return (symlink_policy if machine.version >= MODIFIES_SHARES else symlink_extra_data)(machine.name, share)


def _transient(machine: Machine, wish: Wish, here: Workstation) -> Iterator[Change]:
    """Yield what makes the VM see the share now. A transient one of the same name hides a permanent one."""
    wanted = as_share(wish, transient=True)
    found = machine.share(wish.name, transient=True)
    permanent = machine.share(wish.name, transient=False)
    serves = permanent and here.same_path(permanent.host_path, wish.host_path) and permanent.writable == wish.writable
    if not wish.present:
        if found:
            yield from _unmounted(machine, wish)
            yield _removal(machine, found)
    elif found and _is_replaced(machine, wish):
        yield from _unmounted(machine, wish)
        yield _removal(machine, found)
        yield _addition(machine, wanted)
    elif not found and not serves:
        yield _addition(machine, wanted)


def _is_replaced(machine: Machine, wish: Wish) -> bool:
    """Tell whether the transient share goes and comes anew: it has no other way to change."""
    found = machine.share(wish.name, transient=True)
    return found is not None and found.writable != wish.writable


def _mounted(machine: Machine, wish: Wish) -> Iterator[Change]:
    """Yield what mounts it as wanted. A transient share that is replaced was unmounted just before."""
    if machine.guest is None:
        return
    if not wish.present:
        if not machine.share(wish.name, transient=True):
            yield from _unmounted(machine, wish)
        return
    mount = machine.guest.mount_at(wish.mount_point)
    if mount and mount.writable == wish.writable and mount.has(wish.mount_options):
        return
    script = guest.mount(wish.name, wish.mount_point, wish.mount_options)
    if mount and not _is_replaced(machine, wish):
        script = f"{guest.unmount(wish.mount_point)} && {{ {script}; }}"
    yield Change(
        f"Mount {wish.name} at {wish.mount_point} in the VM",
        (guest.ssh(machine.name, script),),
        undo=(
            guest.ssh(machine.name, guest.unmount(wish.mount_point)),
            guest.ssh(machine.name, guest.remove_folder(wish.mount_point)),
        ),
    )


def _unmounted(machine: Machine, wish: Wish) -> Iterator[Change]:
    for point in machine.guest.points_of(wish.name, wish.mount_point) if machine.guest else ():
        yield _unmounting(machine, wish, point)


def _moved(machine: Machine, wish: Wish) -> Iterator[Change]:
    """Yield what takes the mount away from where the share was wanted before."""
    before = machine.wishes[wish.name].mount_point if wish.name in machine.wishes else f"/{wish.name}"
    stays = not (wish.present and wish.lasting) or before == wish.mount_point or _is_replaced(machine, wish)
    if machine.guest and not stays and before in machine.guest.points_of(wish.name, before):
        yield _unmounting(machine, wish, before)


def _unmounting(machine: Machine, wish: Wish, point: str) -> Change:
    return Change(
        f"Unmount {point} in the VM",
        (guest.ssh(machine.name, guest.unmount(point)),),
        undo=(guest.ssh(machine.name, guest.mount(wish.name, point, wish.mount_options)),),
    )


def _at_boot(machine: Machine, wish: Wish) -> Iterator[Change]:
    """Yield the change of bootsync.sh: for a share that boot2docker's automount would not mount as wanted."""
    inside = machine.guest
    if inside is None or not inside.boot2docker:
        return
    if wish.present and not wish.by_automount:
        text = bootsync.with_block(inside.bootsync, wish)
    else:
        text = bootsync.without_blocks(inside.bootsync, [wish.name])
    if text != (inside.bootsync or ""):
        yield _written(machine.name, inside, text, wish)


def _written(name: str, inside: Guest, text: str, wish: Wish) -> Change:
    before = inside.bootsync
    undo = guest.remove_bootsync(text) if before is None else guest.write_bootsync(before, text)
    return Change(
        f"{'Mount' if wish.present else 'No longer mount'} {wish.name} when the VM starts ({BOOTSYNC})",
        (guest.ssh(name, guest.write_bootsync(text, before)),),
        undo=(guest.ssh(name, undo),),
        diff=FileDiff(BOOTSYNC, before or "", text),
    )


def _record(machine: Machine, wish: Wish, here: Workstation) -> Iterator[Change]:
    """Yield what remembers the wish, as long as something of it is due, or no automount knows where it belongs."""
    before = machine.wishes.get(wish.name)
    by_script = wish.present and not wish.by_automount
    if machine.is_off:
        settled = before is not None and not before.due and before == replace(wish, due=False)
        due = by_script and not settled
    else:
        due = waits_for_power_off(machine, wish, here)
    after = replace(wish, due=due) if due or by_script else None
    if before == after:
        return
    sentence = "Remember what is still to be done" if due else "Remember where it is mounted" if after else "Forget it"
    yield Change(
        f"{sentence}, in the settings of the VM {machine.name!r}",
        (remember(machine.name, wish.name, to_text(after) if after else ""),),
        undo=(remember(machine.name, wish.name, to_text(before) if before else ""),),
    )
