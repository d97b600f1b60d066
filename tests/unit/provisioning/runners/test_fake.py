"""The host that tests use answers what it was given and nothing else."""

from __future__ import annotations

import pytest

from provisioning.errors import Unreachable
from provisioning.runners.fake import NoAnswerLeft, ScriptedRunner, Sent
from provisioning.runners.model import Elevation, Runner


def test_answers_come_in_order_and_scripts_are_remembered() -> None:
    fake = ScriptedRunner("gpu1", [b"one", b"two"])
    runner: Runner = fake
    assert b"".join(runner.run("first", Elevation.ROOT)) == b"one"
    assert b"".join(runner.run("second", Elevation.LOGIN_USER, new_login=True)) == b"two"
    assert fake.sent == [
        Sent("first", Elevation.ROOT, new_login=False),
        Sent("second", Elevation.LOGIN_USER, new_login=True),
    ]


def test_an_error_is_raised() -> None:
    runner = ScriptedRunner("gpu1", [Unreachable("gone")])
    with pytest.raises(Unreachable, match="gone"):
        list(runner.run("", Elevation.ROOT))


def test_an_unforeseen_script_is_refused_and_shown() -> None:
    runner = ScriptedRunner("gpu1", [])
    with pytest.raises(NoAnswerLeft, match="gpu1: run 1 has no answer: 'rm -rf'"):
        list(runner.run("rm -rf", Elevation.ROOT))


def test_it_can_be_closed_twice() -> None:
    runner = ScriptedRunner("gpu1", [])
    runner.close()
    runner.close()
    assert runner.closed
