"""The stand-in of Docker Toolbox does what makes the real one hard: here what its VM does.

Mounts, hooks, ssh, containers.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lab.toolbox import simulator
from lab.toolbox.simulator import VERSION_5, Toolbox
from tests.lab.conftest import BeginToolbox
from tests.lab.toolbox_programs import CONTROL, START, add, call, ok, ssh


def engine(box: Toolbox) -> dict[str, str]:
    return {"DOCKER_HOST": ok(box.programs, "docker-machine", "url").strip()}


def test_8_boot_mounts_by_name_and_runs_the_hooks_around_docker(toolbox: BeginToolbox, works: Path) -> None:
    box = toolbox()
    add(box, "d/Works", works, "--automount")
    add(box, "manual", works)
    with box.state() as world:  # the graphical interface takes blanks
        world.machines["default"].shares[1].name, world.machines["default"].shares[1].automount = "a b", True
    ok(box.programs, *START)
    box.in_guest(
        "cd /var/lib/boot2docker; echo 'ls /run/dockerd >/var/lib/boot2docker/sync.said 2>&1; exit 3' >bootsync.sh; "
        "echo 'ls /run/dockerd >/var/lib/boot2docker/local.said' >bootlocal.sh; touch /root-was-here; sync"
    )
    assert mounted(box) == {"/d/Works": "d/Works"}
    assert ssh(box, "cat /d/Works/hello") == "from the host\n"
    assert "a" not in box.in_guest("ls /").split()
    ok(box.programs, "docker-machine", "restart", "default")
    assert mounted(box) == {"/d/Works": "d/Works"}
    assert "No such file" in box.in_guest("cat /var/lib/boot2docker/sync.said")
    wait = "for n in 1 2 3 4 5 6 7 8 9; do [ -s local.said ] && break; sleep 1; done; cat local.said"
    assert box.in_guest(f"cd /var/lib/boot2docker; {wait}") == "/run/dockerd\n"
    assert "root-was-here" not in box.in_guest("ls /")


def mounted(box: Toolbox) -> dict[str, str]:
    """Return the shares that the guest's own table shows, by mount point."""
    rows = [line.split(" ") for line in ssh(box, "cat /proc/mounts").splitlines()]
    return {row[1]: row[0] for row in rows if row[2] == "vboxsf"}


@pytest.mark.parametrize(
    ("flush", "seconds", "expected"), [(":", 30.0, ""), ("sync", 30.0, "kept"), (":", -1.0, "kept")]
)
def test_9_what_is_not_synced_is_lost(toolbox: BeginToolbox, flush: str, seconds: float, expected: str) -> None:
    box = toolbox()
    with box.state() as world:
        world.writeback_seconds = seconds
    ok(box.programs, *START)
    box.in_guest(f"printf kept >/var/lib/boot2docker/bootlocal.sh; {flush}")
    ok(box.programs, *CONTROL, "poweroff")
    ok(box.programs, *START)
    assert box.in_guest("cd /var/lib/boot2docker; [ ! -e bootlocal.sh ] || cat bootlocal.sh") == expected


def test_10_ssh_refuses_while_booting_and_its_codes_and_words(toolbox: BeginToolbox) -> None:
    box = toolbox()
    asked = ("docker-machine", "ssh", "default")
    assert "is not running" in call(box.programs, *asked, "id").err
    box.faults(boot_seconds=600.0)
    ok(box.programs, *START)
    answer = call(box.programs, *asked, "id")
    assert (answer.code, answer.out, answer.err) == (1, "", "exit status 255\n")
    with box.state() as world:
        world.machines["default"].answers_at = 0.0
    box.faults(ssh_refused=1)
    assert call(box.programs, *asked, "id").code == 1
    answer = call(box.programs, *asked, "echo said; exit 7")
    assert (answer.code, answer.out, answer.err) == (1, "said\n", "exit status 7\n")
    assert ssh(box, "printf '%s|'", "a  b", "'c  d'") == "a|b|c  d|"
    assert ssh(box, 'id -u; sudo -n id -u; sudo printf %s "it\'s  a"') == "1000\n0\nit's  a"
    assert "are you root?" in call(box.programs, *asked, "mount -t vboxsf w /mnt").err


def test_11_the_address_changes_with_each_boot(toolbox: BeginToolbox) -> None:
    box = toolbox()
    ok(box.programs, *START)
    before = ok(box.programs, "docker-machine", "ip")
    assert call(box.programs, "docker", "version", environment=engine(box)).code == 0
    old = engine(box)
    ok(box.programs, "docker-machine", "restart", "default")
    assert ok(box.programs, "docker-machine", "ip") != before
    assert call(box.programs, "docker", "version", environment=old).code == 1
    assert before.strip() not in ok(box.programs, "docker-machine", "env", "--shell", "powershell", "default")


def test_12_a_container_gets_an_empty_folder_where_nothing_is_mounted(toolbox: BeginToolbox, works: Path) -> None:
    box = toolbox()
    add(box, "d/Works", works, "--automount")
    ok(box.programs, *START)
    run = ("docker", "run", "--rm", "-v")
    shown = ok(box.programs, *run, "/d/Works:/w", "busybox", "sh", "-c", "cat /w/*", environment=engine(box))
    assert shown == "from the host\n"
    assert ok(box.programs, *run, "/d/other:/w", "busybox", "ls", "/w", environment=engine(box)) == ""
    assert ssh(box, "ls -d /d/other") == "/d/other\n"
    ok(box.programs, *run, "/d/Works:/w", "busybox", "sh", "-c", "echo out >/w/out", environment=engine(box))
    assert (works / "out").read_text() == "out\n"
    answer = call(box.programs, *run, "/d/Works:/w:ro", "busybox", "touch", "/w/x", environment=engine(box))
    assert "Read-only file system" in answer.err
    answer = call(box.programs, *run, "D:\\Works:/w", "busybox", "true", environment=engine(box))
    assert (answer.code, "invalid volume specification" in answer.err) == (125, True)


LINKS = "VBoxInternal2/SharedFoldersEnableSymlinksCreate/w"


def test_13_what_vboxsf_cannot(toolbox: BeginToolbox, works: Path) -> None:
    box = toolbox()
    add(box, "w", works, "--automount")
    add(box, "locked", works, "--automount", "--readonly")
    ok(box.programs, *START)
    assert ssh(box, "cd /w && touch new && stat -c %u:%g new hello") == "1000:50\n1000:50\n"
    assert (works / "new").stat().st_uid == os.getuid()
    for words, reason in (
        ("sudo chown 7 /w/hello", "Operation not permitted"),
        ("ln /w/hello /w/hard", "Operation not permitted"),
        ("ln -s hello /w/soft", "Protocol error"),
        ("touch /locked/x", "Read-only file system"),
        ("sudo mount -t vboxsf nosuch /mnt", "Protocol error"),
        ("sudo mount -t vboxsf w /nowhere", "No such file or directory"),
    ):
        assert reason in call(box.programs, "docker-machine", "ssh", "default", words).err, words
    ok(box.programs, *CONTROL, "poweroff")
    ok(box.programs, "VBoxManage", "setextradata", "default", LINKS, "1")
    ok(box.programs, *START)
    ssh(box, "ln -s hello /w/soft")
    assert (works / "soft").is_symlink()
    box.faults(no_guest_additions=True)
    ok(box.programs, *CONTROL, "poweroff")
    ok(box.programs, *START)
    assert mounted(box) == {}
    answer = call(box.programs, "docker-machine", "ssh", "default", "sudo mount -t vboxsf w /mnt")
    assert "No such device" in answer.err


def test_14_mount_points_differ_by_case(toolbox: BeginToolbox, tmp_path: Path) -> None:
    drives = tmp_path / "drives"
    (drives / "C" / "Users").mkdir(parents=True)
    (drives / "C" / "Users" / "hello").write_text("hi\n")
    box = toolbox(VERSION_5, drives)
    add(box, "c/Users", "c:\\USERS", "--automount")
    ok(box.programs, *START)
    assert ssh(box, "cat /c/Users/hello") == "hi\n"
    assert "No such file" in call(box.programs, "docker-machine", "ssh", "default", "cat /c/users/hello").err


def test_the_disk_of_the_guest_is_small(toolbox: BeginToolbox) -> None:
    box = toolbox()
    ok(box.programs, *START)
    box.fill_disk()
    words = "sudo cp /etc/passwd /var/lib/boot2docker/bootsync.sh"
    assert "No space left on device" in call(box.programs, "docker-machine", "ssh", "default", words).err


def test_nothing_of_it_stays(toolbox: BeginToolbox, works: Path, guest_busybox: Path, tmp_path: Path) -> None:
    """Red when a guest or its mounts outlive the simulator."""
    with simulator.simulator(guest_busybox, tmp_path / "one") as box:
        add(box, "w", works, "--automount")
        ok(box.programs, *START)
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
    running = [(path / "cmdline").read_bytes() for path in Path("/proc").glob("[0-9]*") if (path / "cmdline").exists()]
    assert not [line for line in running if b"bindfs" in line and str(tmp_path).encode() in line]
