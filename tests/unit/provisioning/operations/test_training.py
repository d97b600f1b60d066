"""What becomes of a run that is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.containers.existing import Container
from provisioning.containers.spec import ContainerSpec
from provisioning.errors import ChangeFailed, Locked, UsageError
from provisioning.operations import training
from provisioning.operations.containers import DockerHost
from provisioning.probe import Facts
from provisioning.runners.model import Access
from tests.unit.provisioning.scripted_programs import Program, ScriptedPrograms

SPEC = ContainerSpec("image", ("python", "train.py"), name="one", detached=True)


def host(*programs: Program) -> DockerHost:
    return DockerHost(ScriptedPrograms("gpu1", programs), Facts(), ())


def test_a_start_that_docker_refuses_leaves_nothing() -> None:
    programs = ScriptedPrograms("gpu1", [Program(errors=b"no such network\n", code=125), Program()])
    with pytest.raises(ChangeFailed, match="Docker did not start image: no such network"):
        training._start(DockerHost(programs, Facts(), ()), SPEC, None)
    assert programs.started[-1] == ("docker", "rm", "--force", "one")


def test_a_name_that_somebody_else_took_is_left_alone() -> None:
    """Red when the slower of two starts removes the run of the other one."""
    said = b'docker: Error response from daemon: Conflict. The container name "/one" is already in use by "2"\n'
    programs = ScriptedPrograms("gpu1", [Program(errors=said, code=125)])
    with pytest.raises(Locked, match="somebody else has started one"):
        training._start(DockerHost(programs, Facts(), ()), SPEC, None)
    assert len(programs.started) == 1


@pytest.mark.parametrize("state", [b"running 0\n", b"exited 0\n", b"exited 1\n"])
def test_a_run_that_began(state: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    training._start(host(Program(), Program(state)), SPEC, None)
    assert training._say_so(host(), SPEC) == 0
    assert capsys.readouterr().out == "one\n"


def test_what_follows_it_leads_there_too(capsys: pytest.CaptureFixture[str]) -> None:
    way = Access(ssh_config=Path("config"))
    training._say_so(DockerHost(ScriptedPrograms("gpu1", []), Facts(), (), way), SPEC)
    assert "train.logs one --follow --host gpu1 --ssh-config config\n" in capsys.readouterr().err


_TINI = Program(errors=b"[FATAL tini (7)] exec python failed\n")


@pytest.mark.parametrize("code", [126, 127])
def test_a_program_that_the_image_has_not(code: int) -> None:
    state = Program(f"exited {code}\n".encode())
    with pytest.raises(UsageError, match=r"image cannot run python: .*exec python failed"):
        training._start(host(Program(), state, _TINI, Program()), SPEC, None)


BEFORE = Container("1", "one", "image", "exited", 3, False, "", "", "", "")
REFUSED = (Program(errors=b"no such network\n", code=125),)
NO_PROGRAM = (Program(), Program(b"exited 127\n"), _TINI)


@pytest.mark.parametrize("said", [REFUSED, NO_PROGRAM], ids=["refused", "no such program"])
def test_a_run_that_shall_be_replaced_is_back_with_its_log_when_the_new_one_does_not_start(
    said: tuple[Program, ...],
) -> None:
    programs = ScriptedPrograms("gpu1", [Program(), Program(), *said, Program(), Program()])
    with pytest.raises((ChangeFailed, UsageError)):
        training._start(DockerHost(programs, Facts(), ()), SPEC, BEFORE)
    assert programs.started[:2] == [("docker", "rename", "1", "one-before"), ("docker", "stop", "--time=10", "1")]
    assert programs.started[-2:] == [("docker", "rm", "--force", "one"), ("docker", "rename", "1", "one")]


def test_a_replaced_run_is_removed_when_the_new_one_has_begun() -> None:
    programs = ScriptedPrograms("gpu1", [Program()] * 3 + [Program(b"running 0\n"), Program()])
    training._start(DockerHost(programs, Facts(), ()), SPEC, BEFORE)
    removed = [argv for argv in programs.started if argv[1] == "rm"]
    assert removed == [programs.started[-1]] == [("docker", "rm", "--force", "1")]


@pytest.mark.parametrize(
    ("text", "word"), [("My Project-2", "myproject2"), ("", "run"), ("ü", "run"), ("a" * 30, "a" * 20)]
)
def test_a_folder_as_part_of_a_name(text: str, word: str) -> None:
    assert training._word(text) == word
