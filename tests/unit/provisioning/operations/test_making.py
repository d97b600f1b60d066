"""A container that was asked for: left, started, made or replaced, and what is taken back when that fails."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest

from provisioning.command import Secret
from provisioning.containers import jupyter
from provisioning.containers.asking import Answer
from provisioning.containers.existing import CONTAINERS
from provisioning.containers.sameness import stamped
from provisioning.containers.service import Service
from provisioning.containers.site import PERSON, Person
from provisioning.containers.spec import ContainerSpec, Gpus
from provisioning.errors import ChangeFailed, Locked, UsageError
from provisioning.operations.containers import DockerHost
from provisioning.operations.making import Wanted, made
from provisioning.probe import Answer as Fact
from provisioning.probe import Facts
from tests.unit.provisioning.scripted_programs import Program, ScriptedPrograms

ADA = Person("ada", 1000, 1001, "/home/ada", 32 << 30, "x86_64")
OLD, NEW = Secret("old-token"), Secret("new-token")
SPEC = jupyter.spec(jupyter.Wish("jupyter/base-notebook", "jupyter-ada", "/data"), ADA, Gpus(), NEW)
PERSON_SAID = "user ada\nuid 1000\ngid 1001\nhome /home/ada\nmemory_kib 1024\narch x86_64\n"


HELD = Program(b"held\n")


class Interrupted(BaseException):
    """What Ctrl-C does, without ending the tests."""


@dataclass(frozen=True)
class Engine(DockerHost):
    """Remembers the verbs that it was told; one of them may fail."""

    failing: str = ""
    word: str = "the engine's word"
    newcomer: bool = False
    """Somebody else has made a container of that name meanwhile."""
    asked: list[str] = field(default_factory=list)

    def ask(self, *argv: str, given: bytes = b"") -> Answer:
        self.asked.append(argv[1] if argv[1] == "run" else " ".join((argv[1], *argv[-(argv[1] == "rename") - 1 :])))
        if argv[1] == "inspect":
            return Answer(0 if self.newcomer else 1, "", "")
        return Answer(1, "", self.word) if argv[1] == self.failing else Answer(0, "", "")

    def ask_program(self, *argv: str, given: bytes = b"") -> Answer:
        if argv[0] == "sh":
            self.asked.append("token " + jupyter.token_in(given.decode()).reveal())
        elif argv[0] == "rm":
            self.asked.append("no token")
        return Answer(0, jupyter.config(OLD).reveal() if argv[0] == "cat" else "", "")


def engine(
    state: str = "", kind: str = "jupyter", spec: ContainerSpec = SPEC, failing: str = "", lock: Program = HELD
) -> Engine:
    """Return a host, on which there is a container made from `spec` where it has a `state`."""
    document = {
        "Id": "1",
        "Name": "/jupyter-ada",
        "Created": "",
        "State": {"Status": state, "ExitCode": 0, "StartedAt": "", "FinishedAt": ""},
        "Config": {"Image": spec.image, "Labels": {**dict(stamped(spec).labels), "gpudock.kind": kind}},
        "HostConfig": {},
        "NetworkSettings": {},
    }
    there = Fact(0, json.dumps(document) if state else "")
    facts = Facts({PERSON.name: Fact(0, PERSON_SAID), CONTAINERS.name: there})
    return Engine(ScriptedPrograms("gpu1", [lock]), facts, (), failing=failing)


def wanted(*, recreate: bool = False, renewed: bool = False) -> Wanted:
    return Wanted(
        Service("jupyter", 8888),
        SPEC,
        jupyter.config,
        jupyter.token_in,
        lambda: None,
        recreate=recreate,
        renewed=renewed,
    )


def test_a_new_one() -> None:
    host = engine()
    with made(host, wanted()) as token:
        assert token == NEW
    assert host.asked == ["inspect jupyter-ada", "token new-token", "run"]


def test_one_start_at_a_time() -> None:
    """Red when two starts at once write one token each for one container."""
    host = engine(lock=Program(code=1))
    with pytest.raises(Locked, match="somebody else is starting"), made(host, wanted()):
        raise Interrupted
    assert host.asked == []


def test_a_host_without_locks_serves_too() -> None:
    host = engine(lock=Program(errors=b"env: flock: No such file", code=127))
    with made(host, wanted()):
        assert host.asked[-1] == "run"


def test_what_is_there_is_left() -> None:
    host = engine("running")
    with made(host, wanted()) as token:
        assert token == OLD
    assert host.asked == []


def test_what_was_stopped_is_started() -> None:
    host = engine("exited")
    with made(host, wanted()) as token:
        assert token == OLD
    assert host.asked == ["start 1"]


@pytest.mark.parametrize(("renewed", "token"), [(False, OLD), (True, NEW)])
def test_one_that_replaces_another(renewed: bool, token: Secret) -> None:
    """Red when the old one is removed before the new one runs, or the address changes for nothing."""
    host = engine("running")
    with made(host, wanted(recreate=True, renewed=renewed)) as given:
        assert given == token
        assert host.asked == ["rename 1 jupyter-ada-before", "stop 1", f"token {token.reveal()}", "run"]
    assert host.asked[-1] == "rm 1"


@pytest.mark.parametrize("state", ["running", "exited"])
def test_the_old_one_comes_back(state: str) -> None:
    host = engine(state)
    with pytest.raises(Interrupted), made(host, wanted(recreate=True)):
        raise Interrupted
    back = ["rm jupyter-ada", "rename 1 jupyter-ada", *(["start 1"] if state == "running" else [])]
    assert host.asked[-len(back) :] == back


@pytest.mark.parametrize("failing", ["", "run"])
def test_nothing_is_left_of_a_new_one_that_failed(failing: str) -> None:
    """Red when Ctrl-C leaves a container or a token behind."""
    host = engine(failing=failing)
    with pytest.raises(ChangeFailed if failing else Interrupted), made(host, wanted()):
        raise Interrupted
    assert host.asked[-2:] == ["rm jupyter-ada", "no token"]


def test_what_is_not_ours_is_left_alone() -> None:
    host = engine("running", kind="")
    with pytest.raises(UsageError, match="not gpudock's"), made(host, wanted(recreate=True)):
        raise Interrupted
    host = engine("running", spec=replace(SPEC, workdir="/else"))
    with pytest.raises(UsageError, match="workdir: /else -> /data"), made(host, wanted()):
        raise Interrupted
    assert host.asked == []


def test_what_somebody_else_started_meanwhile_is_left_alone() -> None:
    """Red when the slower of two starts replaces the token of the other one, or removes it."""
    host = replace(engine(), newcomer=True)
    with pytest.raises(Locked, match="somebody else has started jupyter-ada"), made(host, wanted()):
        raise Interrupted
    assert host.asked == ["inspect jupyter-ada"]


def test_a_name_that_is_taken_at_the_last_moment() -> None:
    """Red when the container that has the name is removed as if it were ours."""
    said = 'docker: Error response from daemon: Conflict. The container name "/jupyter-ada" is already in use'
    host = replace(engine(failing="run"), word=said)
    with pytest.raises(Locked, match="somebody else"), made(host, wanted()):
        raise Interrupted
    assert host.asked[-1] == "run"
