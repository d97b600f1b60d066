"""`train.*` on a real host: GPUs that nobody else has, a log without holes, an exit code that is kept."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator

import pytest

from lab import Host
from tests.lab.driving import Gpudock, Said, ended, look

IMAGE = "nvidia/cuda:12.2.2-base-ubuntu22.04"
APPS = "/usr/share/gpudock-lab/gpu/smi/compute-apps"


@pytest.fixture(autouse=True)
def nothing_left(ready_host: Host) -> Iterator[None]:
    yield
    look(ready_host, f"rm -f {APPS}; docker ps -aq | xargs -r docker rm -f")


def login(host: Host) -> str:
    return f"admin@{host.name}"


def start(gpudock: Gpudock, host: Host, *words: str) -> Said:
    return gpudock.run("train.start", login(host), "--image", IMAGE, *words)


def of(host: Host, name: str, what: str) -> str:
    return look(host, f"docker inspect --format '{{{{json {what}}}}}' {name}")


def test_a_run_to_its_exit_code(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a limit, the folder or the GPU is another, or the exit code goes with the container."""
    script = "pwd; id -u; nvidia-smi -L | wc -l; touch made; sleep 1; exit 7"
    look(ready_host, "mkdir -p work", user="admin")
    said = start(gpudock, ready_host, "--name", "one", "--dir", "work", "--gpus", "3", "--", "sh", "-c", script)
    assert (said.code, said.out) == (0, "one\n"), said.all
    waited = gpudock.run("train.wait", "one", "--host", login(ready_host))
    assert waited.code == 7
    assert "one ended with exit code 7" in waited.err
    said = gpudock.run("train.logs", "one", "--host", login(ready_host))
    assert said.out == "/workspace\n1000\n1\n"
    assert look(ready_host, "stat -c %U work/made", user="admin") == "admin\n"
    settings = json.loads(of(ready_host, "one", ".HostConfig"))
    memory = int(look(ready_host, "sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")) * 1024
    assert settings["ShmSize"] == min(memory // 2, 64 << 30)
    assert "stack" in [each["Name"] for each in settings["Ulimits"]]
    assert settings["LogConfig"]["Config"] == {"max-file": "4", "max-size": str(50 << 20)}
    [listed] = gpudock.run("train.list", login(ready_host), "--json").json
    assert (listed["name"], listed["state"], listed["exit_code"], listed["gpu_indices"]) == ("one", "exited", 7, [3])


def test_the_same_again_is_nothing_and_another_is_told(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a name in use ends in Docker's conflict, or a run is thrown away unasked."""
    one = ("--name", "one", "--gpus", "0")
    assert start(gpudock, ready_host, *one, "--", "sleep", "300").code == 0
    before = of(ready_host, "one", ".Id")
    again = start(gpudock, ready_host, *one, "--", "sleep", "300")
    assert (again.code, again.out) == (0, "")
    assert "runs already: nothing to do" in again.err
    other = start(gpudock, ready_host, *one, "--", "sleep", "301")
    assert other.code == 64
    assert "command: sleep 300 -> sleep 301" in other.err
    assert of(ready_host, "one", ".Id") == before
    assert start(gpudock, ready_host, *one, "--recreate", "--", "nosuch").code == 64
    assert (of(ready_host, "one", ".Id"), of(ready_host, "one", ".State.Running")) == (before, "true\n")
    assert start(gpudock, ready_host, *one, "--recreate", "--", "sleep", "301").code == 0
    assert of(ready_host, "one", ".Id") != before
    assert gpudock.run("train.stop", "one", "--host", login(ready_host), "--time", "1").code == 0
    assert of(ready_host, "one", ".State.Running") == "false\n"


def test_a_gpu_in_use_is_refused_unless_shared(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a container of ours, or a process that the driver knows, is overlooked."""
    assert start(gpudock, ready_host, "--name", "one", "--gpus", "1", "--", "sleep", "300").code == 0
    uuid = look(ready_host, "nvidia-smi --query-gpu=gpu_uuid --format=csv,noheader -i 4 2>/dev/null").strip()
    look(ready_host, f"cat >{APPS}", stdin=f"{uuid}, 4242, python3, 900 MiB\n")
    refused = start(gpudock, ready_host, "--name", "two", "--gpus", "0,1,4", "--", "sleep", "300")
    assert refused.code == 75
    assert "GPU 1: container one (train)" in refused.err
    assert "GPU 4: python3, process 4242, 900 MiB" in refused.err
    assert "--gpus 0,2,3,5,6,7" in refused.err
    assert look(ready_host, "docker ps -aq | wc -l") == "1\n"
    assert start(gpudock, ready_host, "--name", "two", "--gpus", "1", "--share", "--", "sleep", "300").code == 0


def test_of_two_starts_at_once_one_gets_the_gpu(ready_host: Host, gpudock: Gpudock) -> None:
    """Red without the lock: both look before either has started."""
    words = ("--image", IMAGE, "--gpus", "5")
    with (
        gpudock.running("train.start", login(ready_host), *words, "--name", "one", "--", "sleep", "300") as one,
        gpudock.running("train.start", login(ready_host), *words, "--name", "two", "--", "sleep", "300") as two,
    ):
        codes = sorted([ended(one).code, ended(two).code])
    assert codes == [0, 75]
    assert look(ready_host, "docker ps -q | wc -l") == "1\n"


@pytest.mark.parametrize(
    ("options", "command", "code", "words"),
    [
        ((), ("python", "train.py"), 64, "cannot run python"),
        (("--gpus", "9"), ("true",), 64, "--gpus 9 names no GPU"),
        (("--dir", "/gone"), ("true",), 64, "no such folder"),
        (("--network", "other"), ("true",), 64, "--network takes bridge or host"),
        (("--name", "a b"), ("true",), 64, "not a name that Docker takes"),
        ((), (), 64, "the command after `--`"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing(
    ready_host: Host, gpudock: Gpudock, options: tuple[str, ...], command: tuple[str, ...], code: int, words: str
) -> None:
    said = start(gpudock, ready_host, *options, *(("--", *command) if command else ()))
    assert said.code == code, said.all
    assert words in said.err
    assert look(ready_host, "docker ps -aq") == ""


def test_waiting_has_an_end(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when --timeout is not looked at, or ends the run too."""
    start(gpudock, ready_host, "--name", "one", "--gpus", "none", "--network", "host", "--", "sleep", "300")
    assert of(ready_host, "one", ".HostConfig.NetworkMode") == '"host"\n'
    said = gpudock.run("train.wait", "one", "--host", login(ready_host), "--timeout", "2")
    assert said.code == 124
    assert of(ready_host, "one", ".State.Running") == "true\n"
    assert gpudock.run("train.logs", "two", "--host", login(ready_host)).code == 64


COUNT = (
    "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line $i; echo error $i >&2; usleep 20000; done; printf end; exit 4"
)


FOLLOWED = """timeout 20 sh -c 'until pgrep -f "^docker logs --timestamps" >/dev/null; do sleep 0.2; done'; sleep 0.5"""
"""Waits until somebody follows, and has perhaps read a part."""


def test_a_log_outlasts_cut_connections_without_a_hole(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a line is lost or comes twice where the connection was cut."""
    start(gpudock, ready_host, "--name", "one", "--gpus", "none", "--", "sh", "-c", COUNT)
    with gpudock.running("train.logs", "one", "--host", login(ready_host), "--follow") as process:
        for _ in range(2):
            look(ready_host, FOLLOWED)
            look(ready_host, "pkill -9 -u admin sshd; killed=$?; pkill -9 -f '^docker logs'; exit $killed")
        said = ended(process)
    assert said.code == 0, said.err[-2000:]
    assert said.out.splitlines() == [*(f"line {number}" for number in range(1, 401)), "end"]
    errors = [line for line in said.err.splitlines() if line.startswith("error")]
    assert errors == [f"error {number}" for number in range(1, 401)]
    assert "one ended with exit code 4" in said.err


def test_a_log_outlasts_a_restart_of_the_engine(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when the end of `docker logs` is taken for the end of the run, or what was read comes again."""
    start(gpudock, ready_host, "--name", "one", "--gpus", "none", "--", "sh", "-c", COUNT)
    with gpudock.running("train.logs", "one", "--host", login(ready_host), "--follow") as process:
        look(ready_host, FOLLOWED)
        look(ready_host, "systemctl reset-failed docker; systemctl restart docker")
        said = ended(process)
    lines = said.out.splitlines()
    assert said.code == 0, said.err[-2000:]
    assert lines == [f"line {number}" for number in range(1, len(lines) + 1)]
    assert "one ended with exit code" in said.err
    assert gpudock.run("train.wait", "one", "--host", login(ready_host)).code == int(
        of(ready_host, "one", ".State.ExitCode")
    )


def test_ctrl_c_leaves_the_run_alone(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when who stops looking stops the run."""
    start(gpudock, ready_host, "--name", "one", "--gpus", "none", "--", "sh", "-c", COUNT)
    with gpudock.running("train.logs", "one", "--host", login(ready_host), "--follow") as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said = ended(process)
    assert said.code == 130
    assert "interrupted; the run goes on" in said.err
    assert of(ready_host, "one", ".State.Running") == "true\n"
