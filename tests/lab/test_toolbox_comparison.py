"""The stand-in's VBoxManage beside the real one: the same commands, the same answers, byte for byte.

Masked are UUIDs, times, line numbers of VirtualBox's source, and where each keeps its own files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lab import virtualbox
from lab.toolbox.simulator import Toolbox
from tests.lab.conftest import BeginToolbox
from tests.lab.toolbox_programs import Answer, call

ADD = ("sharedfolder", "add", "default")
START = ("startvm", "default", "--type", "headless")
MODIFY = ("sharedfolder", "modify", "default")
WORKS = ("--hostpath", "works")
MASKS = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+", "TIME"),
    (r"at line \d+ of", "at line N of"),
    (r"/\S*/VirtualBox VMs", "MACHINES"),
)

SHARES_AND_REFUSALS: Sequence[tuple[str, ...]] = (
    (*ADD, "--name", "c/Users", *WORKS, "--automount"),
    (*ADD, "--name", "c/Users", *WORKS, "--automount"),
    (*ADD, "--name", "c/Users", "--hostpath", "my dir"),
    (*ADD, "--name", "C/users", *WORKS),
    (*ADD, "--name=sp", "--hostpath=my dir", "--readonly"),
    (*ADD, "-name", "old", "-hostpath", "works"),
    (*ADD, "--name", "uni", "--hostpath", "wörks", "--automount", "--auto-mount-point", "/mnt/w"),
    (*ADD, "--name", "wörks", "--hostpath", "wörks"),
    (*ADD, "--name", "bs", "--hostpath", "back\\slash"),
    (*ADD, "--name", "qu", "--hostpath", 'quo"te'),
    (*ADD, "--name", "slash", "--hostpath", "works/"),
    (*ADD, "--name", "up", "--hostpath", "works/../works/."),
    (*ADD, "--name", "/d/works", *WORKS),
    (*ADD, "--name", "d:", *WORKS),
    (*ADD, "--name=-x", *WORKS),
    (*ADD, "--name", "a$(id)", *WORKS),
    (*ADD, "--name", "a'b", *WORKS),
    (*ADD, "--name", ".", *WORKS),
    (*ADD, "--name", "n" * 300, *WORKS),
    (*ADD, "--name", "a b", *WORKS),
    (*ADD, "--name", "", *WORKS),
    (*ADD, "--name", "e", "--hostpath", ""),
    (*ADD, "--name", "nope", "--hostpath", "/srv/nonexistent"),
    (*ADD, "--name", "fil", "--hostpath", "/etc/passwd"),
    (*ADD, "--name", "below", "--hostpath", "/etc/passwd/below"),
    (*ADD, "--name", "tr", *WORKS, "--transient"),
    (*ADD, *WORKS),
    (*ADD, "--name", "y"),
    (*ADD, "--name", "y", "--hostpath"),
    (*ADD, "--name", "y", *WORKS, "--bogus"),
    (*ADD, "extra", "--name", "y", *WORKS),
    ADD,
    ADD[:2],
    ("sharedfolder", "add", "nosuch", "--name", "x", *WORKS),
    ("sharedfolder", "remove", "default", "--name", "nosuch"),
    ("sharedfolder", "remove", "default", "--name", "sp", "--transient"),
    ("sharedfolder", "remove", "default"),
    ("sharedfolder", "remove"),
    ("sharedfolder", "remove", "nosuch", "--name", "x"),
    ("sharedfolder", "remove", "default", "--name", "old"),
    (*MODIFY, "--name", "nosuch", "--readonly=true"),
    MODIFY,
    (*MODIFY, "--name", "uni"),
    (*MODIFY, "--name", "uni", "--readonly=maybe"),
    (*MODIFY, "--name", "uni", "--symlink-policy=bogus"),
    (*MODIFY, "--name", "uni", "--readonly=true", "--symlink-policy=subtree"),
    (*MODIFY, "--name", "sp", "--readonly=false", "--automount=true", "--auto-mount-point=/m"),
    ("sharedfolder", "frob", "default"),
    ("sharedfolder",),
)
OTHERS: Sequence[tuple[str, ...]] = (
    ("--version",),
    ("list", "vms"),
    ("list", "runningvms"),
    ("setextradata", "default", "VBoxInternal2/SharedFoldersEnableSymlinksCreate/c/Users", "1"),
    ("setextradata", "default", "k", "v w"),
    ("getextradata", "default", "VBoxInternal2/SharedFoldersEnableSymlinksCreate/c/Users"),
    ("getextradata", "default", "nosuchkey"),
    ("getextradata", "default", "enumerate"),
    ("setextradata", "default", "k", ""),
    ("getextradata", "default", "enumerate"),
    ("getextradata", "nosuch", "k"),
    ("setextradata", "nosuch", "k", "v"),
    ("showvminfo", "nosuch", "--machinereadable"),
    ("startvm", "nosuch"),
    ("controlvm", "nosuch", "poweroff"),
    ("controlvm", "default", "acpipowerbutton"),
    ("controlvm", "default", "natpf1", "jupyter,tcp,127.0.0.1,8888,,8888"),
    ("discardstate", "default"),
    ("modifyvm", "default", "--natpf1", "jupyter,tcp,127.0.0.1,8888,,8888"),
    ("modifyvm", "default", "--natpf1", "jupyter,tcp,127.0.0.1,8888,,8888"),
    ("modifyvm", "default", "--natpf1", "other,tcp,127.0.0.1,8888,,9999"),
    ("modifyvm", "default", "--natpf1", "anywhere,tcp,,8888,,9999"),
    ("modifyvm", "default", "--natpf1", ",tcp,127.0.0.1,1,,2"),
    ("modifyvm", "default", "--natpf1", "delete", "nosuch"),
    ("modifyvm", "default", "--natpf1", "delete", "anywhere"),
    ("guestproperty", "get", "default", "/VirtualBox/GuestAdd/Version"),
)
TOLD = re.compile(
    r"(name=|ostype=|UUID=|CfgFile=|memory=|cpus=|VMState|SharedFolder|Forwarding|GuestMemoryBalloon"
    r"|(Name|Guest OS|UUID|Config file|Memory size|State|Shared folders): |Name: ')"
)


@pytest.fixture
def both(real_virtualbox: Path, toolbox: BeginToolbox, tmp_path: Path) -> tuple[Path, Toolbox]:
    """Give the real VBoxManage and the stand-in, each with a machine `default`, and folders to share."""
    for name in ("works", "my dir", "wörks", "back\\slash", 'quo"te'):
        (tmp_path / name).mkdir()
    stand_in = toolbox()
    with stand_in.state() as world:
        world.machines.clear()
    for programs in (real_virtualbox, stand_in.programs):
        create = ("createvm", "--name", "default", "--ostype", "Linux26_64", "--register")
        assert call(programs, "VBoxManage", *create).code == 0
    return real_virtualbox, stand_in


def masked(answer: Answer) -> Answer:
    out, err = answer.out, answer.err
    for pattern, mask in MASKS:
        out, err = re.sub(pattern, mask, out), re.sub(pattern, mask, err)
    return replace(answer, out=out, err=err)


def compare(both: tuple[Path, Toolbox], commands: Sequence[tuple[str, ...]], cwd: Path) -> None:
    real, stand_in = both
    different = []
    for argv in commands:
        expected = masked(call(real, "VBoxManage", *argv, cwd=cwd))
        found = masked(call(stand_in.programs, "VBoxManage", *argv, cwd=cwd))
        if found != expected:
            different.append((argv, found, expected))
    assert different == []


def lines_told(answer: Answer) -> list[str]:
    """Return the lines that the stand-in has at all: a real machine has much more to tell."""
    return [line for line in masked(answer).out.splitlines() if TOLD.match(line)]


def test_shares_and_what_is_refused(both: tuple[Path, Toolbox], tmp_path: Path) -> None:
    """Red when a check, its order, a code or a text of the stand-in is not the real one's."""
    compare(both, SHARES_AND_REFUSALS, tmp_path)
    for form in ((), ("--machinereadable",)):
        real, ours = (call(each, "VBoxManage", "showvminfo", "default", *form) for each in (both[0], both[1].programs))
        assert lines_told(ours) == lines_told(real)
        assert len(lines_told(real)) > 20


def test_everything_else_that_both_can_do(both: tuple[Path, Toolbox], tmp_path: Path) -> None:
    compare(both, OTHERS, tmp_path)
    real, ours = (
        lines_told(call(each, "VBoxManage", "showvminfo", "default", "--machinereadable"))
        for each in (both[0], both[1].programs)
    )
    assert ours == real
    assert 'Forwarding(0)="jupyter,tcp,127.0.0.1,8888,,8888"' in ours


def test_a_machine_without_shares(both: tuple[Path, Toolbox], tmp_path: Path) -> None:
    for form in ((), ("--machinereadable",)):
        real, ours = (call(each, "VBoxManage", "showvminfo", "default", *form) for each in (both[0], both[1].programs))
        assert lines_told(ours) == lines_told(real)


def test_a_locked_machine(both: tuple[Path, Toolbox], tmp_path: Path) -> None:
    """Red when the stand-in lets something pass that the real one's lock stops, or stops a reader."""
    real, stand_in = both
    commands = ((*ADD, "--name", "x", *WORKS), ("sharedfolder", "remove", "default", "--name", "x"), START)
    with virtualbox.locked_machine(real, "default", tmp_path / "pipe"):
        expected = [masked(call(real, "VBoxManage", *argv, cwd=tmp_path)) for argv in commands]
        assert call(real, "VBoxManage", "setextradata", "default", "k", "v").code == 0
        assert call(real, "VBoxManage", "showvminfo", "default").code == 0
    stand_in.faults(locks_refused=len(commands))
    assert [masked(call(stand_in.programs, "VBoxManage", *argv, cwd=tmp_path)) for argv in commands] == expected
    assert {answer.code for answer in expected} == {1}
    assert all("VBOX_E_INVALID_OBJECT_STATE (0x80bb0007)" in answer.err for answer in expected)


def test_a_machine_that_cannot_start(both: tuple[Path, Toolbox], tmp_path: Path) -> None:
    both[1].faults(start_fails=True)
    compare(both, [START], tmp_path)


def test_a_machine_whose_settings_file_has_gone(toolbox: BeginToolbox, virtualbox_tree: Path, tmp_path: Path) -> None:
    """The real program reads the file when its daemon begins, so each half has a home of its own."""
    home = tmp_path / "home"
    with virtualbox.home(virtualbox_tree, home) as real:
        create = call(real, "VBoxManage", "createvm", "--name", "default", "--ostype", "Linux26_64", "--register")
    Path(create.out.partition("Settings file: '")[2].rstrip().rstrip("'")).unlink()
    stand_in = toolbox()
    stand_in.faults(inaccessible=True)
    with virtualbox.home(virtualbox_tree, home) as real:
        compare((real, stand_in), [("list", "vms"), ("showvminfo", "default"), START], tmp_path)
        assert "<inaccessible>" in call(real, "VBoxManage", "list", "vms").out
