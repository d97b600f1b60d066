"""What `run` says of an exit code, and what it does about Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from provisioning.containers.spec import ContainerSpec
from provisioning.errors import Unreachable
from provisioning.operations import project_run
from provisioning.operations.containers import DockerHost
from provisioning.probe import Facts
from provisioning.runners.model import leave
from tests.unit.provisioning.scripted_programs import Program, ScriptedPrograms

SPEC = ContainerSpec("image", ("python",), name="n")


class Interrupted(ScriptedPrograms):
    """Somebody presses Ctrl-C `times` times while the program is attached."""

    times = 1

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:
        interrupted()
        if self.times > 1:
            raise KeyboardInterrupt
        return super().attach(argv, terminal=terminal)


def test_an_exit_code_is_passed_on_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    runner = ScriptedPrograms("gpu1", [Program(code=127)])
    assert project_run._attached(DockerHost(runner, Facts(), ("sudo", "-n")), SPEC) == 127
    assert runner.started[0][:4] == ("sudo", "-n", "docker", "run")
    assert "gpu1: 127: python is not there in image" in capsys.readouterr().err


def test_the_first_ctrl_c_goes_to_the_program() -> None:
    runner = Interrupted("gpu1", [Program(), Program(code=5)])
    assert project_run._attached(DockerHost(runner, Facts(), ()), SPEC) == 5
    assert runner.started[0] == ("docker", "kill", "--signal=INT", "n")


def test_the_second_removes_the_container() -> None:
    runner = Interrupted("gpu1", [Program(), Program()])
    runner.times = 2
    with pytest.raises(KeyboardInterrupt, match="the container is removed"):
        project_run._attached(DockerHost(runner, Facts(), ()), SPEC)
    assert runner.started[-1] == ("docker", "rm", "--force", "n")


class Unread(ScriptedPrograms):
    """Nobody reads our output any more, as behind `| head`."""

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:
        raise BrokenPipeError


def test_what_nobody_reads_any_more_is_removed() -> None:
    """Red when it goes on: `run IMAGE -- yes | head` then fills the host's disk with its log."""
    runner = Unread("gpu1", [Program()])
    with pytest.raises(BrokenPipeError):
        project_run._attached(DockerHost(runner, Facts(), ()), SPEC)
    assert runner.started == [("docker", "rm", "--force", "n")]


def test_what_nobody_reads_on_this_machine_is_removed_too() -> None:
    runner = ScriptedPrograms("localhost", [Program(code=141), Program()])
    assert project_run._attached(DockerHost(runner, Facts(), ()), SPEC) == 141
    assert runner.started[-1] == ("docker", "rm", "--force", "n")


class Told(ScriptedPrograms):
    """Somebody ends this process while the program is attached."""

    signal = signal.SIGTERM

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:
        signal.raise_signal(self.signal)
        return 0


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Hear signals that nobody else takes, which would end the tests."""
    heard: list[int] = []
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda number, _: heard.append(number)) for number in numbers]
    yield heard
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_who_is_told_to_end_removes_the_container(heard: list[int], number: signal.Signals, code: int) -> None:
    """Red when it goes on, and nobody watches it: a closed terminal, a job of a CI that is ended."""
    runner = Told("gpu1", [Program()])
    runner.signal = number
    with pytest.raises(SystemExit) as end:
        project_run._attached(DockerHost(runner, Facts(), ()), SPEC)
    assert (end.value.code, heard) == (code, [])
    assert runner.started == [("docker", "rm", "--force", "n")]
    signal.raise_signal(number)
    assert heard == [number]


def test_what_nohup_ignores_stays_ignored(heard: list[int]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    runner = Told("gpu1", [])
    runner.signal = signal.SIGHUP
    assert project_run._attached(DockerHost(runner, Facts(), ()), SPEC) == 0


def test_after_a_broken_connection_the_container_is_named_with_what_removes_it() -> None:
    runner = ScriptedPrograms("gpu1", [Unreachable("gpu1: the connection broke", "Look.")])
    with pytest.raises(Unreachable, match=r"\./gpudock containers\.rm n --force --host gpu1"):
        project_run._attached(DockerHost(runner, Facts(), ()), SPEC)
