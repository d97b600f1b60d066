"""The changes that lead from a machine as it is to a share as it is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.toolbox import bootsync
from provisioning.toolbox.guest import Guest
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.mounts import Mount
from provisioning.toolbox.plan import changes
from provisioning.toolbox.shares import Share, Wish
from provisioning.toolbox.workstation import Workstation

HERE = Workstation(windows=True, home="", folder="")
WISH = Wish("d/Works", r"D:\Works", "/d/Works")
ELSEWHERE = replace(WISH, mount_point="/works")
SHARE = Share("d/Works", r"d:\works", automount=True)
TRANSIENT = replace(SHARE, transient=True, automount=False)
MOUNT = Mount("d/Works", "/d/Works", "vboxsf", "rw,uid=1000,gid=50")
RUNNING = Machine("default", "running", (7, 2), (SHARE,), guest=Guest((MOUNT,)))
OFF = Machine("default", "poweroff", (7, 2), (SHARE,))
ADD, REMOVE = "sharedfolder add", "sharedfolder remove"
NOTHING: list[str] = []


def plan(machine: Machine, wish: Wish) -> list[str]:
    """Return what each command of the plan is about, in order."""
    known = (ADD, REMOVE, "sharedfolder modify", "setextradata", "bootsync.sh.gpudock")
    found = []
    for change in changes(machine, wish, HERE):
        assert change.sentence
        assert change.undo
        for command in change.commands:
            line = " ".join(command.argv)
            named = [word for word in known if word in line]
            found += named or [word for word in ("$s umount", "mount -t") if word in line]
    return found


@pytest.mark.parametrize(
    ("machine", "wish", "expected"),
    [
        (RUNNING, WISH, NOTHING),
        (RUNNING, replace(WISH, writable=False), [ADD, "$s umount", "mount -t", "setextradata"]),
        (RUNNING, replace(WISH, uid=0), ["$s umount", "mount -t", "bootsync.sh.gpudock", "setextradata"]),
        (replace(RUNNING, shares=(TRANSIENT,)), replace(WISH, writable=False),
         ["$s umount", REMOVE, ADD, "mount -t", "setextradata"]),
        (replace(RUNNING, guest=Guest(())), WISH, ["mount -t"]),
        (RUNNING, ELSEWHERE, ["$s umount", "mount -t", "bootsync.sh.gpudock", "setextradata"]),
        (RUNNING, replace(ELSEWHERE, lasting=False), ["mount -t"]),
        (replace(RUNNING, shares=(TRANSIENT,)), replace(ELSEWHERE, writable=False),
         ["$s umount", REMOVE, ADD, "mount -t", "bootsync.sh.gpudock", "setextradata"]),
        (replace(RUNNING, wishes={"d/Works": ELSEWHERE}, guest=Guest((replace(MOUNT, point="/works"),))), WISH,
         ["$s umount", "mount -t", "setextradata"]),
        (replace(RUNNING, guest=Guest((), boot2docker=False)), ELSEWHERE, ["mount -t", "setextradata"]),
        (replace(RUNNING, shares=(SHARE, TRANSIENT)), replace(WISH, present=False),
         ["$s umount", REMOVE, "setextradata"]),
        (OFF, WISH, NOTHING),
        (replace(OFF, shares=()), WISH, [ADD]),
        (replace(OFF, shares=()), replace(WISH, symlinks=True), [ADD, "sharedfolder modify"]),
        (replace(OFF, shares=(), version=(6, 1)), replace(WISH, symlinks=True), [ADD, "setextradata"]),
        (OFF, replace(WISH, writable=False), ["sharedfolder modify"]),
        (replace(OFF, version=(7, 1)), replace(WISH, writable=False), [REMOVE, ADD]),
        (OFF, replace(WISH, host_path=r"E:\Works"), [REMOVE, ADD]),
        (OFF, replace(WISH, present=False), [REMOVE]),
    ],
)  # fmt: skip
def test_plans(machine: Machine, wish: Wish, expected: list[str]) -> None:
    assert plan(machine, wish) == expected


def test_while_it_is_off_another_mount_point_is_due_once() -> None:
    """Where the boot script has it already, a machine that is off is not made to write it again."""
    off = replace(OFF, shares=(replace(SHARE, automount=False),))
    assert plan(off, ELSEWHERE) == ["setextradata"]
    assert plan(replace(off, wishes={"d/Works": replace(ELSEWHERE, due=True)}), ELSEWHERE) == NOTHING
    assert plan(replace(off, wishes={"d/Works": ELSEWHERE}), ELSEWHERE) == NOTHING


def test_when_all_is_done_the_wish_is_no_longer_due() -> None:
    inside = Guest((replace(MOUNT, point="/works"),), bootsync.with_block(None, ELSEWHERE))
    running = replace(RUNNING, shares=(replace(SHARE, automount=False),), guest=inside)
    [change] = changes(replace(running, wishes={"d/Works": replace(ELSEWHERE, due=True)}), ELSEWHERE, HERE)
    assert change.commands[0].argv[-1] == changes(running, ELSEWHERE, HERE)[0].commands[0].argv[-1]
    assert '"due":false' in change.commands[0].argv[-1]


def test_a_mount_without_a_name_is_known_by_its_place_alone() -> None:
    nameless = replace(MOUNT, device="none")
    other = Mount("none", "/other", "vboxsf")
    assert Guest((nameless, other)).points_of("d/Works") == ["/d/Works"]
    assert Guest((nameless, other)).points_of("x", "/other") == ["/other"]
