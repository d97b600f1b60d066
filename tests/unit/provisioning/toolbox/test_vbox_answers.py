"""VBoxManage's answers, as versions 5.1 and 7.2 gave them on Windows and Debian."""

from __future__ import annotations

import pytest

from provisioning.runners.programs import Reply
from provisioning.toolbox import vbox_answers
from provisioning.toolbox.shares import Share
from provisioning.toolbox.vbox_answers import Refusal

SEVEN = r"""name="default"
CfgFile="/srv/vms/default/default.vbox"
memory=1024
VMState="poweroff"
SharedFolderNameMachineMapping1="c/Users"
SharedFolderPathMachineMapping1="/srv/works"
SharedFolderNameMachineMapping2="bs"
SharedFolderPathMachineMapping2="/srv/back\\slash"
SharedFolderNameMachineMapping3="qu"
SharedFolderPathMachineMapping3="/srv/quo\"te"
SharedFolderNameMachineMapping4="uni"
SharedFolderPathMachineMapping4="/srv/wörks"
SharedFolderNameTransientMapping1="c/Users"
SharedFolderPathTransientMapping1="/srv/works"
"""
SEVEN_HUMAN = r"""Shared folders:

Name: 'c/Users', Host path: '/srv/works' (machine mapping), writable, auto-mount
Name: 'bs', Host path: '/srv/back\slash' (machine mapping), writable
Name: 'qu', Host path: '/srv/quo"te' (machine mapping), writable
Name: 'uni', Host path: '/srv/wörks' (machine mapping), readonly, auto-mount, symlink-policy: subtree, mount-point: '/w'
Name: 'c/Users', Host path: '/srv/works' (transient mapping), readonly
"""
FIVE = r"""VMState="running"
SharedFolderNameMachineMapping1="c/Users"
SharedFolderPathMachineMapping1="\\?\c:\Users"
"""
FIVE_HUMAN = r"Name: 'c/Users', Host path: '\\?\c:\Users' (machine mapping), writable"


def test_shares_of_version_7_are_written_escaped() -> None:
    assert vbox_answers.shares(vbox_answers.settings(SEVEN), SEVEN_HUMAN) == (
        Share("c/Users", "/srv/works", automount=True),
        Share("bs", r"/srv/back\slash"),
        Share("qu", '/srv/quo"te'),
        Share("uni", "/srv/wörks", writable=False, automount=True, symlinks=True),
        Share("c/Users", "/srv/works", transient=True, writable=False),
    )


def test_shares_of_version_5_are_written_raw() -> None:
    found = vbox_answers.shares(vbox_answers.settings(FIVE), FIVE_HUMAN)
    assert found == (Share("c/Users", r"\\?\c:\Users"),)


def test_without_the_page_for_people_the_path_is_as_written() -> None:
    assert vbox_answers.shares(vbox_answers.settings(FIVE), "") == (Share("c/Users", r"\\?\c:\Users"),)


def test_settings() -> None:
    values = vbox_answers.settings('name="default"\nmemory=1024\n"GUI/x=y"="1"\nForwarding(0)="ssh,tcp,,50022,,22"\n')
    assert values["name"] == "default"
    assert values["memory"] == "1024"
    assert values["Forwarding(0)"] == "ssh,tcp,,50022,,22"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("7.2.22_Debianr175245\n", (7, 2)),
        ("5.1.8r111374", (5, 1)),
        ("WARNING: The vboxdrv kernel module is not loaded.\n6.1.50r161033\n", (6, 1)),
        ("", (0, 0)),
    ],
)
def test_version(text: str, version: tuple[int, int]) -> None:
    assert vbox_answers.version(text) == version


def test_machines_and_extra_data() -> None:
    assert vbox_answers.machines('"default" {498d}\n"<inaccessible>" {77aa}\n') == {
        "498d": "default",
        "77aa": "<inaccessible>",
    }
    assert vbox_answers.extra_data("Key: a/b, Value: 1\nKey: c, Value: x, Value: y\n") == {
        "a/b": "1",
        "c": "x, Value: y",
    }
    assert vbox_answers.extra_data("No value set!\n") == {}


IN_USE = """VBoxManage: error: Shared folder named 'c/Users' already exists
VBoxManage: error: Details: code VBOX_E_OBJECT_IN_USE (0x80bb000c), component SessionMachine, interface IMachine
"""
LOCKED = """VBoxManage.exe: error: The machine 'default' is already locked for a session (or being unlocked)
VBoxManage.exe: error: Details: code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007), component MachineWrap
"""


@pytest.mark.parametrize(
    ("reply", "refusal", "passes"),
    [
        (Reply(1, err=IN_USE), Refusal("Shared folder named 'c/Users' already exists", "VBOX_E_OBJECT_IN_USE"), False),
        (
            Reply(1, err=LOCKED),
            Refusal(
                "The machine 'default' is already locked for a session (or being unlocked)",
                "VBOX_E_INVALID_OBJECT_STATE",
            ),
            True,
        ),
        (Reply(0, err="VBoxManage: error: The object is not ready\n"), Refusal("The object is not ready"), True),
        (
            Reply(1, err="VBoxManage: error: Failed to create the VirtualBox object!\n"),
            Refusal("Failed to create the VirtualBox object!"),
            True,
        ),
        (
            Reply(1, err="VBoxManage: error: Machine 'default' is not currently running.\n"),
            Refusal("Machine 'default' is not currently running."),
            False,
        ),
        (Reply(127, err="not found\n"), Refusal("not found"), False),
        (Reply(3), Refusal("exit code 3"), False),
    ],
)
def test_refusals(reply: Reply, refusal: Refusal, passes: bool) -> None:
    assert vbox_answers.refusal(reply) == refusal
    assert refusal.passes == passes


def test_success_may_warn() -> None:
    assert vbox_answers.refusal(Reply(0, "", "WARNING: something\n")) is None
