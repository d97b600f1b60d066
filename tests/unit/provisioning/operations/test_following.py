"""A run is followed to its end, through lost connections and restarted engines."""

from __future__ import annotations

import pytest

from provisioning.errors import ChangeFailed, GpudockError, Unreachable, UsageError
from provisioning.operations.containers import DockerHost
from provisioning.operations.following import PATIENCE, Clock, Follower
from provisioning.probe import Facts
from tests.unit.provisioning.containers.engine_words import inspected
from tests.unit.provisioning.scripted_programs import Program, ScriptedPrograms

RUNS = Program(inspected().encode() + b"\n")
ENDED = Program(inspected(status="exited", code=3, finished="2026-11-20T15:00:00Z").encode() + b"\n")
CUT = Unreachable("gpu1: the connection broke")
DOWN = Program(errors=b"Cannot connect to the Docker daemon\n", code=1)
GONE = Program(errors=b"Error: No such container: yy\n", code=1)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def line(second: int, text: str) -> bytes:
    return f"2026-11-20T13:00:{second:02}.000000000Z {text}\n".encode()


def follower(*programs: Program | GpudockError) -> tuple[Follower, ScriptedPrograms]:
    runner, time = ScriptedPrograms("gpu1", programs), Time()
    return Follower(DockerHost(runner, Facts(), ("sudo", "-n")), "yy", Clock(lambda: time.at, time.sleep)), runner


def test_a_log_to_its_end(capfd: pytest.CaptureFixture[str]) -> None:
    one = Program(line(1, "one"), line(1, "warned"))
    rest = Program(line(1, "one") + line(2, "two").rstrip(), line(1, "warned"))
    follow, runner = follower(one, ENDED, rest)
    assert follow.log("").exit_code == 3
    assert capfd.readouterr() == ("one\ntwo", "warned\n")
    assert runner.started[0] == ("sudo", "-n", "docker", "logs", "--timestamps", "--follow", "yy")
    assert runner.started[2][-2:] == ("--since=2026-11-20T12:59:01Z", "yy")


def test_a_cut_connection_loses_and_doubles_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    cut = Program(line(1, "one") + line(2, "tw")[:-2], broken=CUT)
    again = Program(line(1, "one") + line(2, "two"))
    follow, _ = follower(cut, CUT, CUT, CUT, RUNS, again, ENDED, again)
    follow.log("")
    out, err = capfd.readouterr()
    assert out == "one\ntwo\n"
    assert err.count("trying again") == 1


def test_a_restarted_engine_is_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    whole = Program(line(1, "one") + line(2, "two"))
    follow, _ = follower(Program(line(1, "one")), DOWN, DOWN, ENDED, whole)
    follow.log("")
    out, err = capfd.readouterr()
    assert out == "one\ntwo\n"
    assert "has no engine that answers" in err


def test_the_end_is_read_until_it_was_read_whole(capfd: pytest.CaptureFixture[str]) -> None:
    whole = Program(line(1, "one") + line(2, "two"))
    broken = Program(line(1, "one"), broken=CUT)
    follow, _ = follower(broken, ENDED, broken, broken, ENDED, whole)
    follow.log("")
    assert capfd.readouterr().out == "one\ntwo\n"


def test_a_tail_is_asked_for_until_something_came() -> None:
    follow, runner = follower(Program(broken=CUT), RUNS, Program(line(1, "x")), ENDED, Program(line(1, "x")))
    follow.log("5")
    assert ["--tail=5" in argv for argv in runner.started] == [True, False, True, False, False]


def test_what_was_removed_is_told() -> None:
    with pytest.raises(UsageError, match="removed meanwhile"):
        follower(Program(), GONE)[0].log("")


@pytest.mark.parametrize(("silence", "kind"), [(CUT, Unreachable), (DOWN, ChangeFailed)])
def test_a_host_that_stays_away_is_given_up(silence: Program | GpudockError, kind: type[GpudockError]) -> None:
    follow, runner = follower(*[silence] * 200)
    with pytest.raises(kind):
        follow.state()
    assert PATIENCE <= follow.clock.now() < PATIENCE + 10
    assert len(runner.started) < 100


def test_waiting_for_the_end() -> None:
    follow, runner = follower(RUNS, Program(b"3\n"), ENDED)
    state = follow.ended(0)
    assert state is not None
    assert state.exit_code == 3
    assert runner.started[1] == ("sudo", "-n", "timeout", "60.000", "docker", "wait", "yy")


def test_waiting_survives_a_cut_connection() -> None:
    follow, _ = follower(RUNS, CUT, RUNS, Program(b"", code=124), ENDED)
    assert follow.ended(0) is not None


def test_waiting_ends_in_time() -> None:
    follow, runner = follower(RUNS, Program(), RUNS, CUT, CUT, CUT, CUT, CUT, RUNS)
    assert follow.ended(5) is None
    assert runner.started[1][2:4] == ("timeout", "5.000")
