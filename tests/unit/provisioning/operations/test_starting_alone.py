"""Starting alone: whoever else is at it is waited for, and a host where nobody can be is told as such."""

from __future__ import annotations

import pytest

from provisioning.errors import ChangeFailed, GpudockError, Locked, Unreachable
from provisioning.operations.containers import DockerHost
from provisioning.operations.starting_alone import starting_alone
from provisioning.probe import Facts
from tests.unit.provisioning.scripted_programs import Program, ScriptedPrograms


def host(*programs: Program) -> DockerHost:
    return DockerHost(ScriptedPrograms("gpu1", programs), Facts(), ())


def test_the_lock_is_held_while_we_start() -> None:
    with starting_alone(host(Program(b"held\n"))):
        pass


@pytest.mark.parametrize(
    ("program", "kind", "words"),
    [
        (Program(code=1), Locked, "somebody else is starting"),
        (Program(errors=b"flock: unrecognized option '--wait'", code=1), ChangeFailed, "unrecognized option"),
        (Program(errors=b"env: flock: No such file", code=127), ChangeFailed, "flock: No such file"),
        (Program(broken=Unreachable("cut")), Unreachable, "cut"),
    ],
)
def test_a_lock_that_is_not_had(program: Program, kind: type[GpudockError], words: str) -> None:
    with pytest.raises(kind, match=words), starting_alone(host(program)):
        raise AssertionError("started all the same")
