"""From what a person asks for to one share: which name and mount point, and whether one that is there is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioning.errors import UsageError
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.shares import (
    GID,
    UID,
    Share,
    Wish,
    checked_mount_point,
    checked_name,
    named_alike,
    natural_mount_point,
    natural_name,
)
from provisioning.toolbox.workstation import Workstation


@dataclass(frozen=True)
class Asked:
    """The options of `toolbox.share`, each as it was given; '' where it was not."""

    host_path: str
    name: str = ""
    mount_point: str = ""
    writable: bool = True
    lasting: bool = True
    uid: int = UID
    gid: int = GID
    dmode: str = ""
    fmode: str = ""
    symlinks: bool = False


def checked_mode(option: str, text: str) -> str:
    """Return an octal mode, or '' for none. Raises UsageError."""
    if text and not re.fullmatch("0?[0-7]{3}", text):
        raise UsageError(f"{option} takes an octal mode such as 0755, and was given {text!r}.")
    return text


def choose(asked: Asked, machine: Machine, here: Workstation, is_folder: Callable[[str], bool]) -> Wish:
    """Return the share that is wanted. One of the same folder is taken as it is called, unless --name says another.

    Raises UsageError where another folder has the name, or one that differs in nothing but case.
    """
    shares = machine.shares
    name = asked.name or _name_of_folder(asked.host_path, machine, here) or natural_name(asked.host_path, here)
    if not name:
        raise UsageError(
            f"The root {asked.host_path} has no name that the share could have.",
            "Give it one, or share a folder below: --name root --mount /host",
        )
    alike = named_alike(checked_name(name), shares)
    if any(here.same_path(share.host_path, asked.host_path) for share in alike) and not any(
        share.name == name for share in alike
    ):
        name = alike[0].name
    for share in alike:
        _refuse_taken(share, name, asked.host_path, machine, here, is_folder)
    point = asked.mount_point or _mount_point(name, asked.host_path, machine, here)
    wish = Wish(
        name=name,
        host_path=asked.host_path,
        mount_point=checked_mount_point(point),
        writable=asked.writable,
        lasting=asked.lasting,
        uid=asked.uid,
        gid=asked.gid,
        dmode=asked.dmode,
        fmode=asked.fmode,
        symlinks=asked.symlinks,
    )
    _refuse_covered(wish, machine)
    return wish


def _name_of_folder(path: str, machine: Machine, here: Workstation) -> str:
    natural = natural_name(path, here)
    names = [share.name for share in machine.shares if here.same_path(share.host_path, path)]
    return natural if natural in names else next(iter(names), "")


def _mount_point(name: str, path: str, machine: Machine, here: Workstation) -> str:
    """Return where it was wanted before, where the person's own name says, or where people expect the folder."""
    if name in machine.wishes:
        return machine.wishes[name].mount_point
    natural = name == natural_name(path, here)
    return natural_mount_point(path, here) if natural else "/" + name


def _refuse_taken(
    share: Share, name: str, path: str, machine: Machine, here: Workstation, is_folder: Callable[[str], bool]
) -> None:
    if here.same_path(share.host_path, path):
        return
    if share.name == name and not share.transient and not is_folder(share.host_path):
        return  # its folder has gone: it is replaced
    kind = "A transient share" if share.transient else "A share"
    differs = "" if share.name == name else f", which differs from {name!r} in nothing but case,"
    raise UsageError(
        f"{kind} of {machine.name!r} is called {share.name!r}{differs} and shows {share.host_path}.",
        f"Give yours another name (--name {_another(name, machine.shares)}), "
        f"or let that one go: ./gpudock toolbox.unshare {share.name}",
    )


def _another(name: str, shares: Iterable[Share]) -> str:
    taken = {share.name.casefold() for share in shares}
    return next(new for new in (f"{name}-{number}" for number in range(2, 10_000)) if new.casefold() not in taken)


def _refuse_covered(wish: Wish, machine: Machine) -> None:
    """Raise UsageError where something else is mounted at the mount point."""
    mounted = machine.guest.mount_at(wish.mount_point) if machine.guest else None
    if mounted and not mounted.is_share(wish.name):
        raise UsageError(
            f"In the VM, {wish.mount_point} is {mounted.device!r} ({mounted.kind}) already.",
            "Name another folder of the VM: --mount /works",
        )
