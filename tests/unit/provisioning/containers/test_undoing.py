"""The shell text that takes back what was done."""

from __future__ import annotations

from provisioning.command import command
from provisioning.containers.undoing import script


def test_steps_stop_at_the_first_that_fails_and_undo_comes_last() -> None:
    lines = script([command("docker", "commit", "a b")], [command("docker", "rm", "x")]).splitlines()
    assert "docker commit 'a b' </dev/null || exit" in lines
    assert lines.index("docker rm x </dev/null") < lines.index("trap undo EXIT") < lines.index("echo ready")


def test_nothing_to_do_and_nothing_to_undo_is_still_a_script() -> None:
    lines = script([], []).splitlines()
    assert lines.count(":") == 2
