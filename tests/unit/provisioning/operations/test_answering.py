"""Waiting for a server: until it answers, no longer than it lives, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from provisioning.command import Secret
from provisioning.containers.asking import Answer
from provisioning.errors import ChangeFailed
from provisioning.operations.answering import Waiting, prove_doors, until_it_answers
from provisioning.operations.containers import DockerHost
from provisioning.probe import Facts
from provisioning.runners.fake import ScriptedRunner


@dataclass(frozen=True)
class Engine(DockerHost):
    """A host whose container is in one state, and which remembers what it was told."""

    state: str = "running 0"
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *argv: str, given: bytes = b"") -> Answer:
        self.asked.append(argv)
        return Answer(0, self.state if argv[1] == "inspect" else "its last words", "")


ENGINE = Engine(ScriptedRunner("gpu1", ()), Facts(), ())  # type: ignore[arg-type]  # starts no programs


class Clock:
    """Time that passes by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def waiting(status: Callable[..., int | None], state: str = "running 0") -> Waiting:
    clock = Clock()
    engine = replace(ENGINE, state=state, asked=[])
    return Waiting(engine, "jupyter-ada", "http://127.0.0.1:1/", Secret("t"), status, clock.sleep, clock)


def test_it_waits_past_silence_and_a_gateway_that_complains() -> None:
    answers = [None, 502, None, 200]
    until_it_answers(waiting(lambda *_: answers.pop(0)))
    assert answers == []


def test_what_ended_is_not_waited_for() -> None:
    with pytest.raises(ChangeFailed, match="gpu1: jupyter-ada ended with exit code 127:\nits last words"):
        until_it_answers(waiting(lambda *_: None, "exited 127"))


def test_what_never_answers_is_given_up() -> None:
    with pytest.raises(ChangeFailed, match=r"does not answer within 90 s\.\nits last words"):
        until_it_answers(waiting(lambda *_: None))


def test_what_is_open_to_all_is_stopped() -> None:
    """Red when it is told and goes on."""
    open_to_all = waiting(lambda *_: 200)
    with pytest.raises(ChangeFailed, match="lets everybody in"):
        prove_doors(open_to_all)
    assert isinstance(open_to_all.host, Engine)
    assert ("docker", "stop", "--time=1", "jupyter-ada") in open_to_all.host.asked


def test_a_shut_door_is_proved_with_and_without_the_token() -> None:
    asked: list[tuple[str, ...]] = []

    def status(*words: str) -> int:
        asked.append(words)
        return 200 if "t" in words else 403

    prove_doors(waiting(status))
    assert [words[1:] for words in asked] == [(), ("t",)]
