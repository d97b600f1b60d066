"""The stand-in of Docker Toolbox does what makes the real one hard: here what its programs do on the host.

Names and their rules (7), the comparison with the real VBoxManage holds.
"""

from __future__ import annotations

from pathlib import Path

from lab.toolbox.simulator import VERSION_5, Toolbox
from tests.lab.conftest import BeginToolbox
from tests.lab.toolbox_programs import CONTROL, START, add, call, ok

STATE = ("VBoxManage", "showvminfo", "default", "--machinereadable")


def state(box: Toolbox) -> str:
    [line] = [line for line in ok(box.programs, *STATE).splitlines() if line.startswith("VMState=")]
    return line.partition("=")[2].strip('"')


def test_1_states_and_a_shutdown_that_is_slow_or_ignored(toolbox: BeginToolbox) -> None:
    box = toolbox()
    box.faults(starting_seconds=600.0)
    ok(box.programs, *START)
    assert state(box) == "starting"
    with box.state() as world:
        world.machines["default"].runs_at = 0.0
    for verb, expected in ((None, "running"), ("pause", "paused"), ("resume", "running"), ("savestate", "saved")):
        if verb:
            ok(box.programs, *CONTROL, verb)
        assert state(box) == expected
    box.faults(starting_seconds=0.0, shutdown_seconds=600.0)
    ok(box.programs, *START)
    ok(box.programs, *CONTROL, "acpipowerbutton")
    assert state(box) == "running"
    with box.state() as world:
        world.machines["default"].off_at = 1.0
    assert state(box) == "poweroff"


def test_1_a_guest_that_does_not_listen(toolbox: BeginToolbox) -> None:
    box = toolbox()
    ok(box.programs, *START)
    box.faults(shutdown_ignored=True)
    ok(box.programs, *CONTROL, "acpipowerbutton")
    assert state(box) == "running"
    ok(box.programs, *CONTROL, "poweroff")
    assert state(box) == "poweroff"
    with box.state() as world:
        world.machines["default"].state = "aborted"
    assert state(box) == "aborted"
    ok(box.programs, *START)
    assert state(box) == "running"


def test_2_a_running_machine_takes_only_transient_shares(toolbox: BeginToolbox, works: Path) -> None:
    box = toolbox()
    permanent = ("VBoxManage", "sharedfolder", "add", "default", "--name", "w", "--hostpath", str(works))
    assert "is not currently running" in call(box.programs, *permanent, "--transient").err
    ok(box.programs, *START)
    assert "is already locked for a session (or being unlocked)" in call(box.programs, *permanent).err
    ok(box.programs, *permanent, "--transient")
    ok(box.programs, "VBoxManage", "setextradata", "default", "key", "needs no lock")
    ok(box.programs, *CONTROL, "poweroff")
    box.faults(locks_refused=1, lock_pending=True)
    assert "already has a lock request pending" in call(box.programs, *permanent).err
    ok(box.programs, *permanent)


def test_3_transient_shares_are_listed_apart_and_lost_at_power_off(toolbox: BeginToolbox, works: Path) -> None:
    box = toolbox()
    add(box, "kept", works)
    ok(box.programs, *START)
    add(box, "lost", works, "--transient")
    told = ok(box.programs, *STATE)
    assert 'SharedFolderNameMachineMapping1="kept"\n' in told
    assert f'SharedFolderNameTransientMapping1="lost"\nSharedFolderPathTransientMapping1="{works}"\n' in told
    people = ok(box.programs, "VBoxManage", "showvminfo", "default")
    assert f"Name: 'lost', Host path: '{works}' (transient mapping), writable\n" in people
    ok(box.programs, *CONTROL, "poweroff")
    assert "lost" not in ok(box.programs, *STATE)
    assert "kept" in ok(box.programs, *STATE)


def test_4_a_transient_duplicate_has_another_code(toolbox: BeginToolbox, works: Path, tmp_path: Path) -> None:
    box = toolbox()
    ok(box.programs, *START)
    add(box, "w", works, "--transient")
    again = ("VBoxManage", "sharedfolder", "add", "default", "--name", "w", "--hostpath", str(tmp_path), "--transient")
    answer = call(box.programs, *again)
    assert answer.code == 1
    assert "Shared folder named 'w' already exists" in answer.err
    assert "VBOX_E_FILE_ERROR" in answer.err


def test_5_windows_and_version_5(toolbox: BeginToolbox, tmp_path: Path) -> None:
    drives = tmp_path / "drives"
    (drives / "D" / "Works").mkdir(parents=True)
    (drives / "UNC" / "nas" / "data").mkdir(parents=True)
    for version, written in ((VERSION_5, "d:\\works"), ("7.2.22r175245", "d:\\\\works")):
        box = toolbox(version, drives)
        add(box, "d/Works", "d:\\works\\")
        add(box, "nas", "\\\\nas\\data")
        told = ok(box.programs, *STATE)
        assert f'SharedFolderPathMachineMapping1="{written}"\r\n' in told
        assert "\n" not in told.replace("\r\n", "")
        answer = call(
            box.programs, "VBoxManage", "sharedfolder", "add", "default", "--name", "x", "--hostpath", "E:\\x"
        )
        assert answer.err.startswith("VBoxManage.exe: error: RTPathQueryInfo failed on shared folder path 'E:\\x': ")
        assert "code E_INVALIDARG (0x80070057)" in answer.err
        assert "callee IUnknown\r\n" in answer.err
    modify = ("VBoxManage", "sharedfolder", "modify", "default", "--name", "nas", "--readonly=true")
    assert call(toolbox(VERSION_5).programs, *modify).code == 2


def test_6_an_error_with_exit_code_zero(toolbox: BeginToolbox, works: Path) -> None:
    """The real 7.2 does so in `discardstate`, which the comparison holds; here any change can."""
    box = toolbox()
    box.faults(quiet_error="The object is not ready")
    answer = call(box.programs, "VBoxManage", "sharedfolder", "add", "default", "--name", "w", "--hostpath", str(works))
    assert (answer.code, answer.err) == (0, "VBoxManage: error: The object is not ready\n")
    assert "SharedFolder" not in ok(box.programs, *STATE)
    add(box, "w", works)
