"""The real VBoxManage in its homes: what the lab promises of it, and that it is the real one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab import virtualbox


def vboxmanage(programs: Path, *argv: str, cwd: Path = Path("/")) -> tuple[int, str, str]:
    done = subprocess.run(
        [programs / "VBoxManage", *argv],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def created(programs: Path, name: str) -> str:
    """Create a machine and return its settings file."""
    code, out, err = vboxmanage(programs, "createvm", "--name", name, "--ostype", "Linux26_64", "--register")
    assert code == 0, err
    return out.partition("Settings file: '")[2].partition("'")[0]


def test_it_sees_the_callers_folders_and_hands_every_byte_on(real_virtualbox: Path, tmp_path: Path) -> None:
    """Red when the home's namespace hides a folder, the directory changes, or the locale is C."""
    place = tmp_path / "wörks 'a' \"b\""
    place.mkdir()
    settings = created(real_virtualbox, "größe")
    assert Path(settings).is_file()
    assert tmp_path in Path(settings).parents
    add = ("sharedfolder", "add", "größe", "--name", "wörks", "--hostpath", place.name)
    assert vboxmanage(real_virtualbox, *add, cwd=tmp_path) == (0, "", "")
    code, out, err = vboxmanage(real_virtualbox, "showvminfo", "größe")
    assert (code, err) == (0, "")
    assert f"Name: 'wörks', Host path: '{place}' (machine mapping), writable\n" in out
    code, out, err = vboxmanage(real_virtualbox, *add, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("VBoxManage: error: Shared folder named 'wörks' already exists\n")


def test_two_homes_do_not_meet_and_leave_no_process(virtualbox_tree: Path, tmp_path: Path) -> None:
    """Red when homes share a daemon or settings, or when a daemon outlives its home."""
    with (
        virtualbox.home(virtualbox_tree, tmp_path / "one") as one,
        virtualbox.home(virtualbox_tree, tmp_path / "two") as two,
    ):
        created(one, "only-here")
        assert "only-here" in vboxmanage(one, "list", "vms")[1]
        assert vboxmanage(two, "list", "vms") == (0, "", "")
        assert len(daemons(tmp_path)) == 2
    assert daemons(tmp_path) == []
    assert not [
        path for path in Path("/tmp").glob(".vbox-gpudock-*") if path.stat().st_mtime > tmp_path.stat().st_mtime
    ]
    with virtualbox.home(virtualbox_tree, tmp_path / "one") as again:
        assert "only-here" in vboxmanage(again, "list", "vms")[1]


def daemons(place: Path) -> list[str]:
    """Return the processes of VirtualBox whose settings lie in `place`."""
    return [entry.name for entry in Path("/proc").glob("[0-9]*") if f"VBOX_USER_HOME={place}" in environment_of(entry)]


def environment_of(process: Path) -> str:
    try:
        return (process / "environ").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_a_machine_can_be_held_locked(real_virtualbox: Path, tmp_path: Path) -> None:
    """Red when a lock is no lock, or stays."""
    created(real_virtualbox, "default")
    add = ("sharedfolder", "add", "default", "--name", "d/Works", "--hostpath", str(tmp_path))
    with virtualbox.locked_machine(real_virtualbox, "default", tmp_path / "pipe"):
        code, _, err = vboxmanage(real_virtualbox, *add)
    assert code == 1
    assert "The machine 'default' is already locked for a session (or being unlocked)\n" in err
    assert "code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007)" in err
    assert vboxmanage(real_virtualbox, *add) == (0, "", "")
