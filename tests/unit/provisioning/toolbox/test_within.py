"""A folder below one that is shared already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.operations.toolbox import sharing
from provisioning.operations.toolbox.sharing import Manner
from provisioning.toolbox.choose import Asked
from provisioning.toolbox.guest import Guest
from provisioning.toolbox.machine import Machine
from provisioning.toolbox.mounts import Mount
from provisioning.toolbox.shares import Share, Wish
from provisioning.toolbox.within import held
from tests.unit.provisioning.toolbox.fake_toolbox import WINDOWS, FakeShare, FakeToolbox, changing

CODE = Asked(r"C:\Users\me\Code")
USERS = Share("c/Users", r"\\?\c:\Users", automount=True)
OFF = Machine("default", "poweroff", (7, 2), (USERS,))
RUNNING = replace(OFF, state="running", guest=Guest((Mount("c/Users", "/c/Users", "vboxsf"),)))
PASSING = replace(RUNNING, shares=(replace(USERS, transient=True),))
WISH = Wish("c/Users", r"C:\Users", "/c/Users", due=True)


@pytest.mark.parametrize("machine", [OFF, RUNNING, replace(PASSING, wishes={"c/Users": WISH})])
def test_it_is_seen_through_the_share_above_in_the_case_of_either(machine: Machine) -> None:
    found = held(CODE, machine, WINDOWS)
    assert found
    assert (found.share.name, found.shared_at, found.mount_point) == ("c/Users", "/c/Users", "/c/Users/me/Code")


def test_the_nearest_one_shows_it() -> None:
    machine = replace(OFF, shares=(USERS, Share("me", r"C:\Users\me", automount=True)))
    found = held(CODE, machine, WINDOWS)
    assert found
    assert found.mount_point == "/me/Code"


@pytest.mark.parametrize(
    ("machine", "asked"),
    [
        (RUNNING, replace(CODE, name="code")),
        (RUNNING, replace(CODE, mount_point="/code")),
        (RUNNING, replace(CODE, uid=0)),
        (RUNNING, replace(CODE, fmode="0600")),
        (RUNNING, replace(CODE, writable=False)),
        (RUNNING, replace(CODE, symlinks=True)),
        (RUNNING, Asked(r"C:\users")),
        (RUNNING, Asked(r"C:\UsersOther")),
        (replace(RUNNING, shares=(USERS, Share("code", r"c:\users\me\code"))), CODE),
        (replace(RUNNING, wishes={"code": replace(WISH, name="code", host_path=CODE.host_path)}), CODE),
        (replace(RUNNING, guest=Guest(())), CODE),
        (replace(RUNNING, wishes={"c/Users": replace(WISH, present=False)}), CODE),
        (PASSING, CODE),
    ],
)  # fmt: skip
def test_it_needs_one_of_its_own(machine: Machine, asked: Asked) -> None:
    assert held(asked, machine, WINDOWS) is None


def test_a_dry_run_says_so() -> None:
    shares = {"d/Works": FakeShare(r"D:\Works", True, True)}
    toolbox = FakeToolbox(folders={r"D:\Works\sub"}, permanent=shares)
    told = sharing.share(toolbox.place(), "default", Asked(r"D:\Works\sub"), Manner("never", dry_run=True))
    assert told == [r"D:\Works\sub is in the share d/Works, which is permanent: nothing needs changing."]
    assert changing(toolbox) == []


def test_a_vm_that_is_off_is_started_for_the_proof_only_on_consent() -> None:
    toolbox = FakeToolbox(folders={r"D:\Works\sub"}, permanent={"d/Works": FakeShare(r"D:\Works", True, True)})
    told = sharing.share(toolbox.place(), "default", Asked(r"D:\Works\sub"), Manner("never"))
    assert told[1:] == [
        "The VM is off. It is proved when it runs: docker-machine start default",
        "-v /d/Works/sub:/work",
    ]
    assert changing(toolbox) == []
