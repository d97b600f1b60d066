"""`toolbox.share` and its kin on the stand-in of Docker Toolbox: what is in the VM afterwards, and on this machine.

The programs, the VM and its vboxsf are the lab's stand-in (lab/toolbox); the shells that run our scripts are real.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.toolbox import simulator
from lab.toolbox.simulator import Toolbox
from provisioning.toolbox.guest import BOOTSYNC, CHANGED_MEANWHILE, remove_bootsync, write_bootsync
from tests.lab.toolbox_driving import names, program, run, start, stop


@pytest.fixture(scope="module")
def busybox() -> Path:
    return simulator.prepare(print)


@pytest.fixture
def toolbox(busybox: Path, tmp_path: Path) -> Iterator[Toolbox]:
    with simulator.simulator(busybox, tmp_path / "toolbox") as begun:
        yield begun


@pytest.fixture
def running(toolbox: Toolbox) -> Toolbox:
    start(toolbox)
    return toolbox


@pytest.fixture
def works(tmp_path: Path) -> Path:
    folder = tmp_path / "My Wörks"
    folder.mkdir()
    return folder


def test_from_nothing_to_a_share_that_survives_a_reboot(toolbox: Toolbox, works: Path) -> None:
    """Red when bootsync.sh is written without `sync`, or when the share is mounted by its name in the wrong place."""
    said = run(toolbox.programs, "toolbox.share", str(works), "--restart", "now")
    assert said.code == 0, said.all
    assert "Proved: a file crosses" in said.out
    assert said.out.splitlines()[-1] == f"-v '{works}:/work'"
    (works / "from-here").write_text("hello")
    below = works / "below"
    below.mkdir()
    said = run(toolbox.programs, "toolbox.share", str(below))
    assert said.code == 0, said.all
    assert f"Proved: a file crosses between {below}, the VM" in said.out
    assert said.out.splitlines()[-1] == f"-v '{below}:/work'"
    assert len(names(toolbox)[0]) == 1
    below.rmdir()  # the proof's files are gone
    stop(toolbox)
    start(toolbox)
    assert toolbox.in_guest(f"cat '{works}/from-here'") == "hello"
    again = run(toolbox.programs, "toolbox.share", str(works))
    assert again.code == 0, again.all
    assert "Nothing needs changing." in again.err
    assert [path.name for path in works.iterdir()] == ["from-here"]


def test_a_running_vm_is_not_stopped_unasked_and_the_share_becomes_permanent_when_it_is_off(
    running: Toolbox, tmp_path: Path
) -> None:
    """Red when what is due is forgotten, or done although nobody asked for it again."""
    folder = tmp_path / "works"
    folder.mkdir()
    name = str(folder).strip("/")
    said = run(running.programs, "toolbox.share", str(folder))
    assert said.code == 0, said.all
    assert "transient until power-off" in said.out
    assert running.machine().boots == 1
    assert names(running) == ([], [name])
    stop(running)
    listed = run(running.programs, "toolbox.shares", "--json")
    assert listed.code == 0, listed.all
    assert names(running) == ([name], [])
    assert listed.json["shares"][0]["mount_points"] == [str(folder)]
    assert running.machine().extra_data == {}
    start(running)
    assert "vboxsf" in running.in_guest(f"grep ' {folder} ' /proc/mounts")


def test_read_only_for_another_user_somewhere_else(running: Toolbox, works: Path) -> None:
    words = ("--mount", "/works", "--readonly", "--uid", "0", "--gid", "0", "--restart", "now")
    said = run(running.programs, "toolbox.share", str(works), *words)
    assert said.code == 0, said.all
    assert running.in_guest("touch /works/x 2>/dev/null || stat -c %u:%g /works").strip() == "0:0"
    assert list(works.iterdir()) == []


def test_unshare_leaves_nothing_of_ours(running: Toolbox, works: Path) -> None:
    running.in_guest(f"printf '#!/bin/sh\\necho mine\\n' >{BOOTSYNC} && sync")
    assert run(running.programs, "toolbox.share", str(works), "--mount", "/works", "--restart", "now").code == 0
    said = run(running.programs, "toolbox.unshare", str(works), "--restart", "now")
    assert said.code == 0, said.all
    assert names(running) == ([], [])
    assert running.machine().extra_data == {}
    assert running.in_guest(f"cat {BOOTSYNC}; ls -d /works 2>/dev/null || :") == "#!/bin/sh\necho mine\n"


def test_a_full_disk_of_the_vm_leaves_all_as_it_was(running: Toolbox, works: Path) -> None:
    """Red when the share or the mount stays after bootsync.sh could not be written."""
    running.in_guest("cat /dev/zero >/var/lib/boot2docker/fill 2>/dev/null || :")
    said = run(running.programs, "toolbox.share", str(works), "--mount", "/works")
    assert said.code == 70
    assert "the disk of the VM is full" in said.err
    assert names(running) == ([], [])
    assert "/works" not in running.in_guest("cat /proc/mounts")
    assert running.in_guest(f"ls {BOOTSYNC}* 2>/dev/null || :") == ""


def test_a_boot_script_that_somebody_changed_meanwhile_stays_theirs(running: Toolbox) -> None:
    """Red when two programs at once lose one another's lines."""
    running.in_guest(f"printf '#!/bin/sh\\r\\necho mine\\r\\n' >{BOOTSYNC}")
    ask = (running.programs / "docker-machine", "ssh", "default")
    for before in (None, "#!/bin/sh\n", "#!/bin/sh\necho mine\necho theirs\n"):
        for script in (write_bootsync("ours", before), remove_bootsync(before)):
            done = subprocess.run([*ask, script], capture_output=True, text=True, check=False)
            assert (done.returncode, CHANGED_MEANWHILE in done.stderr) == (1, True), done
    assert running.in_guest(f"cd {BOOTSYNC.rpartition('/')[0]} && ls && tail -n 1 bootsync.sh") == (
        "bootsync.sh\necho mine\n"
    )
    program(running, "docker-machine", "ssh", "default", write_bootsync("ours\n", "#!/bin/sh\necho mine\n"))
    assert running.in_guest(f"cat {BOOTSYNC}; stat -c %a {BOOTSYNC}") == "ours\n755\n"
    program(running, "docker-machine", "ssh", "default", remove_bootsync("ours\n"))
    assert running.in_guest(f"ls -A {BOOTSYNC.rpartition('/')[0]}") == ""


def test_faults_that_pass_are_waited_for(toolbox: Toolbox, tmp_path: Path) -> None:
    folder = tmp_path / "works"
    folder.mkdir()
    toolbox.faults(locks_refused=2, not_ready=2, ssh_refused=2, boot_seconds=1.0)
    said = run(toolbox.programs, "toolbox.share", str(folder), "--restart", "now")
    assert said.code == 0, said.all
    assert "Proved" in said.out


def test_ways_to_the_vm(running: Toolbox) -> None:
    address = running.machine().address
    assert run(running.programs, "toolbox.ip").out == f"{address}\n"
    url = run(running.programs, "toolbox.url", "http://127.0.0.1:8888/?token=ab").out
    assert url == f"http://{address}:8888/?token=ab\n"
    for _ in range(2):
        assert run(running.programs, "toolbox.forward", "8888").code == 0
    assert list(running.machine().forwards.values()) == ["gpudock-8888,tcp,127.0.0.1,8888,,8888"]
    assert run(running.programs, "toolbox.forward", "8888", "--remove").code == 0
    assert running.machine().forwards == {}
    said = run(running.programs, "toolbox.ssh", "--", "sh", "-c", "echo 'a  b'; echo c >&2; exit 7")
    assert (said.code, said.out, said.err) == (7, "a  b\n", "c\n")
    program(running, "docker-machine", "restart", "default")
    assert run(running.programs, "toolbox.ip").out != f"{address}\n"


def test_the_doctor_names_what_is_not_mounted(running: Toolbox, works: Path) -> None:
    assert run(running.programs, "toolbox.share", str(works)).code == 0
    environment = {"DOCKER_HOST": f"tcp://{running.machine().address}:2376"}
    running.in_guest(f"umount '{works}'")
    said = run(running.programs, "toolbox.doctor", "--json", env=environment)
    findings = {each["check"]: each for each in said.json["hosts"][0]["findings"]}
    assert said.code == 2
    assert findings["tb.mounted"]["status"] == "fail"
    assert f"toolbox.share '{works}'" in findings["tb.mounted"]["remedy"]
    assert findings["tb.done"]["status"] == "warn"
    assert {findings[f"tb.{name}"]["status"] for name in ("inside", "additions", "environment", "folders")} == {"pass"}


def test_a_transient_share_becomes_read_only_and_writable_again(running: Toolbox, works: Path) -> None:
    """Red when what was unmounted for it is unmounted once more."""
    for flags, allowed in ((), True), (("--readonly",), False), ((), True):
        said = run(running.programs, "toolbox.share", str(works), "--transient", *flags)
        assert said.code == 0, said.all
        written = running.in_guest(f"touch '{works}/x' 2>/dev/null && rm '{works}/x' && echo yes || :")
        assert bool(written) is allowed
