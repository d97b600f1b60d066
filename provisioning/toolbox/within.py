"""A folder below one that is shared needs no share of its own: docker-machine shares all of `C:\\Users` by itself."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from provisioning.toolbox.choose import Asked
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.shares import Share, Wish
from provisioning.toolbox.translate import below, mount_points
from provisioning.toolbox.workstation import Workstation


@dataclass(frozen=True)
class Held:
    """A folder that is seen through the share of one above it."""

    share: Share
    shared_at: str
    """Where the VM has the share, or will have it when it starts."""
    rest: str

    @property
    def mount_point(self) -> str:
        return posixpath.join(self.shared_at, self.rest)


def held(asked: Asked, machine: Machine, here: Workstation) -> Held | None:
    """Return the nearest share that already does what is asked; None where the folder has, or needs, one of its own."""
    plain = Wish("", "", "")
    options = (asked.name, asked.mount_point, asked.uid, asked.gid, asked.dmode, asked.fmode)
    own = [each.host_path for each in machine.shares] + [each.host_path for each in machine.wishes.values()]
    if options != ("", "", plain.uid, plain.gid, "", "") or any(here.same_path(each, asked.host_path) for each in own):
        return None
    found = [
        Held(share, point, rest)
        for share in machine.shares
        if _serves(share, asked, machine) and (rest := below(asked.host_path, share.host_path, here))
        for point in mount_points(machine, share)
    ]
    return min(found, key=lambda each: len(each.rest), default=None)


def _serves(share: Share, asked: Asked, machine: Machine) -> bool:
    wish = machine.wishes.get(share.name)
    goes = wish is not None and not wish.present
    stays = not share.transient or not asked.lasting or (wish is not None and wish.due)
    return stays and not goes and share.writable == asked.writable and share.symlinks >= asked.symlinks
