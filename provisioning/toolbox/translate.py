"""Where a path of this machine is in the VM: below the longest share that holds it, in that share's own case."""

from __future__ import annotations

import ntpath
import posixpath

from provisioning.errors import UsageError
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.shares import Share
from provisioning.toolbox.workstation import Workstation, without_prefix


def mount_points(machine: Machine, share: Share) -> list[str]:
    """Return where the VM has the share, or will have it when it starts."""
    wish = machine.wishes.get(share.name)
    if machine.guest:
        return machine.guest.points_of(share.name, wish.mount_point if wish else "")
    if wish:
        return [wish.mount_point]
    return [f"/{share.name.partition(' ')[0]}"] if share.automount and not share.transient else []


def in_vm(path: str, machine: Machine, here: Workstation, folder: str = "") -> str:
    """Return the path in the VM. Raises UsageError for one that no share holds, or whose share is mounted nowhere.

    `folder` is what could be shared where that is not the path itself, which may be a file.
    """
    holding = [(share, rest) for share in machine.shares if (rest := below(path, share.host_path, here)) is not None]
    if not holding:
        raise UsageError(
            f"{path} is in no share of the VM {machine.name!r}: a container would see an empty folder.",
            f"Share it: ./gpudock toolbox.share {here.quoted(folder or path)}",
        )
    for share, rest in sorted(holding, key=lambda each: len(each[1])):
        for point in mount_points(machine, share):
            return point if not rest else posixpath.join(point, rest)
    share = min(holding, key=lambda each: len(each[1]))[0]
    raise UsageError(
        f"{path} is in the share {share.name}, which is mounted nowhere in the VM.",
        f"Mount it: ./gpudock toolbox.share {here.quoted(share.host_path)}",
    )


def below(path: str, folder: str, here: Workstation) -> str | None:
    """Return what stands in `path` behind `folder`, with slashes; None where it is not in it."""
    inner, outer = here.folded(path), here.folded(folder)
    separator = "\\" if here.windows else "/"
    if inner == outer:
        return ""
    if not inner.startswith(outer.rstrip(separator) + separator):
        return None
    depth = len([part for part in outer.split(separator) if part])
    plain = ntpath.normpath(without_prefix(path)) if here.windows else posixpath.normpath(path)
    return "/".join([part for part in plain.split(separator) if part][depth:])
