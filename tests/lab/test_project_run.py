"""`run` and `containers.*` on a real host: what a command in an image finds, leaves behind, and ends with."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import lab
from lab import Host
from tests.lab.driving import ROOT, Gpudock, Said, attempt, ended, look
from tests.lab.terminal import type_into

IMAGE = "nvidia/cuda:12.2.2-base-ubuntu22.04"


@pytest.fixture(autouse=True)
def nothing_left(ready_host: Host) -> Iterator[None]:
    yield
    look(ready_host, "docker ps -aq | xargs -r docker rm -f")


def run(gpudock: Gpudock, host: Host, *words: str, user: str = "admin") -> Said:
    return gpudock.run("run", IMAGE, "--host", f"{user}@{host.name}", *words)


def test_a_command_as_oneself_on_ones_own_files(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when the uid, the folder, a variable, the GPUs or the exit code are not those of the person's."""
    look(ready_host, "mkdir -p 'a, b'; rm -f 'a, b/made'", user="admin")
    script = (
        "touch made; id -u; pwd; echo $PYTHONUNBUFFERED $A; nvidia-smi -L | wc -l; df -k /dev/shm | tail -1; exit 3"
    )
    options = ("--dir", "a, b", "--gpus", "2,0", "--env", "A=it's", "--shm", "128m")
    said = run(gpudock, ready_host, *options, "--", "sh", "-c", script)
    assert said.code == 3, said.all
    uid, folder, variables, gpus, shm = said.out.splitlines()
    assert (uid, folder, variables, gpus) == ("1000", "/home/admin/a, b", "1 it's", "2")
    assert shm.split()[1] == str(128 << 10)
    assert look(ready_host, "stat -c %U 'a, b/made'", user="admin") == "admin\n"
    assert look(ready_host, "docker ps -aq") == ""


def test_dry_run_prints_what_would_run(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when another command is printed than is run: it is tried on the host itself."""
    said = run(gpudock, ready_host, "--dry-run", "--", "sh", "-c", "echo $HOME 'as it is'")
    assert said.out.startswith("docker run --rm --init")
    assert look(ready_host, "docker ps -aq") == ""
    assert look(ready_host, said.out, user="admin") == "/home/gpudock as it is\n"


@pytest.mark.parametrize(
    ("options", "command", "code", "words"),
    [
        ((), ("nosuch",), 127, "nosuch is not there in"),
        ((), ("/etc",), 126, "cannot be executed"),
        (("--dir", "/gone"), ("true",), 64, "there is no such folder"),
        (("--dir", "/root"), ("true",), 64, "closed to you"),
        (("--dir", "/etc"), ("true",), 0, "you may not write to /etc"),
        (("--gpus", "8"), ("true",), 64, "--gpus 8 names no GPU of this host"),
        (("--host-root", "rw"), ("test", "-d", "/host/home"), 0, "can change files of the whole host"),
        (("--host-root", "ro"), ("touch", "/host/home/admin/x"), 1, "can read files of the whole host"),
        (("--host-root", "wr"), ("true",), 64, "--host-root takes ro or rw"),
        (("--shm", "lots"), ("true",), 64, "--shm takes a number"),
    ],
)
def test_what_is_wrong_or_risky_is_said(
    ready_host: Host, gpudock: Gpudock, options: tuple[str, ...], command: tuple[str, ...], code: int, words: str
) -> None:
    said = run(gpudock, ready_host, *options, "--", *command)
    assert said.code == code, said.all
    assert words in said.err


def test_an_image_of_another_architecture_and_one_that_is_nowhere(ready_host: Host, gpudock: Gpudock) -> None:
    """Red without `require_architecture`: the engine starts it and the kernel refuses with `exec format error`."""
    foreign = "tar -cC /usr/share/doc/bash . | docker import --platform linux/arm64 - t/foreign"
    look(ready_host, foreign)
    said = gpudock.run("run", "t/foreign", "--host", f"admin@{ready_host.name}", "--", "true")
    assert said.code == 70
    assert "is made for arm64, and this host is x86_64" in said.err
    look(ready_host, "docker rmi t/foreign")
    said = gpudock.run("run", "nosuch/image:1", "--host", f"admin@{ready_host.name}", "--", "true")
    assert said.code in (64, 70)
    assert "nosuch/image:1" in said.err
    assert "Traceback" not in said.all


def test_a_pull_is_seen_and_not_in_the_output(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when the progress of a pull spoils what a script reads."""
    look(ready_host, f"docker rmi -f {IMAGE}")
    said = run(gpudock, ready_host, "--", "echo", "answer")
    assert (said.code, said.out) == (0, "answer\n")
    assert "Pull complete" in said.err


def test_ctrl_c_reaches_the_program_and_its_last_words_reach_us(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when the container goes on after Ctrl-C, or is ended before it could save its work."""
    script = "trap 'echo saved; exit 5' INT; echo ready; while :; do sleep 0.1; done"
    words = ("--host", f"admin@{ready_host.name}", "--", "sh", "-c", script)
    with gpudock.running("run", IMAGE, *words) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        said = ended(process)
    assert (said.code, said.out) == (5, "saved\n"), said.all
    assert look(ready_host, "docker ps -aq") == ""


def test_a_program_that_ignores_ctrl_c_is_removed_by_the_second(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a container is left behind that nobody watches."""
    words = ("--host", f"admin@{ready_host.name}", "--", "sh", "-c", "trap '' INT; echo ready; sleep 300")
    with gpudock.running("run", IMAGE, *words) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        time.sleep(1)  # a person's second Ctrl-C comes later than the first
        process.send_signal(signal.SIGINT)
        said = ended(process)
    assert said.code == 130
    assert "interrupted; the container is removed" in said.err
    assert look(ready_host, "docker ps -aq") == ""


def test_who_is_told_to_end_leaves_no_container(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a closed terminal, or an ended job of a CI, leaves a container that nobody watches."""
    words = ("--host", f"admin@{ready_host.name}", "--", "sh", "-c", "trap '' TERM; echo ready; sleep 300")
    with gpudock.running("run", IMAGE, *words) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said = ended(process)
    assert said.code == 143, said.all
    assert "told to end; the container is removed" in said.err
    assert look(ready_host, "docker ps -aq") == ""


def test_in_a_terminal_keys_go_to_the_program(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when Ctrl-C ends us instead of being the program's."""
    script = "trap 'stty size >/dev/null && echo in a terminal; exit 4' INT; echo begun; read line"
    argv = gpudock.argv("run", IMAGE, "--host", f"admin@{ready_host.name}", "--", "sh", "-c", script)
    said = type_into(argv, "begun", "\x03")
    assert said.code == 4, said.all
    assert "in a terminal" in said.out


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_alias_works_when_sourced(ready_host: Host, gpudock: Gpudock, tmp_path: Path, shell: str) -> None:
    """Red when a word is split on its way, or the exit code is the function's own."""
    way = ("--ssh-config", str(lab.ssh_config()))
    argv = (sys.executable, str(ROOT / "tasks.py"), "alias", f"admin@{ready_host.name}", *way)
    printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    (tmp_path / "function").write_text(printed)
    line = f". {tmp_path}/function; dockrun {IMAGE} sh -c 'echo \"$1|$2\"; exit 6' sh 'a  b' \"it's\""
    done = subprocess.run((shell, "-c", line), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (6, "a  b|it's\n"), done.stderr


def test_what_runs_is_listed_stopped_and_removed(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a port that ufw does not guard goes unsaid, or one on the loopback is called open."""
    start = "docker run -d --name {0} {1} -p {2}:80 --entrypoint sleep {3} 600"
    look(ready_host, start.format("web", "--device nvidia.com/gpu=all", "8081", IMAGE))
    look(ready_host, start.format("own", "--gpus device=1", "127.0.0.1:8082", IMAGE))
    login = f"admin@{ready_host.name}"
    shown = gpudock.run("containers.list", login).out
    assert "web: the world can reach port 8081, past ufw" in shown
    assert "own: " not in shown
    own, web = gpudock.run("containers.list", login, "--json").json
    assert [port["open"] for port in web["ports"]] == [True] * len(web["ports"])
    assert (own["ports"][0]["open"], own["state"], web["gpus"]) == (False, "running", ["all"])
    inside = gpudock.run("containers.shell", "own", "--host", login, "--", "sh", "-c", "exit 9")
    assert inside.code == 9
    assert gpudock.run("containers.rm", "own", "--host", login).code == 64
    assert gpudock.run("containers.stop", "own", "--host", login, "--time", "1").code == 0
    assert gpudock.run("containers.stop", "own", "--host", login).code == 0
    assert gpudock.run("containers.shell", "own", "--host", login).code == 64
    assert gpudock.run("containers.rm", "own", "--host", login).code == 0
    assert gpudock.run("containers.rm", "own", "--host", login).code == 64
    assert look(ready_host, "docker ps -a --format '{{.Names}}'") == "web\n"


def test_a_host_whose_engine_is_down(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when that is a traceback, or docker's socket wakes the engine that was stopped."""
    look(ready_host, "systemctl stop docker.socket docker.service")
    try:
        said = run(gpudock, ready_host, "--", "true")
    finally:
        look(ready_host, "systemctl start docker.service")
    assert said.code == 70
    assert "no Docker engine" in said.err


def test_nobody_without_the_right_runs_anything(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when `docker_prefix` lets everybody try."""
    said = run(gpudock, ready_host, "--", "true", user="guest")
    assert said.code == 77
    assert "guest may not use Docker" in said.err
    assert "permission denied" in attempt(ready_host, shlex.join(("docker", "ps")), user="guest").stdout
