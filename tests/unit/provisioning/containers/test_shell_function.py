"""`run` as a function of one's shell; that it works when sourced is tried on real shells elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.containers.shell_function import function, launcher, options, shell_of
from provisioning.errors import UsageError
from provisioning.hosts import parse_host
from provisioning.runners.model import Access


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "dash"])
def test_one_form_for_all_that_are_alike(shell: str) -> None:
    text = function(shell, "dockrun", ("/a b/gpudock", "run"))
    assert text == function("sh", "dockrun", ("/a b/gpudock", "run"))
    assert """exec '/a b/gpudock' run "$image" -- "$@"\n""" in text


def test_fish_has_its_own() -> None:
    assert "gpudock run $argv[1] -- $argv[2..-1]" in function("fish", "dockrun", ("gpudock", "run"))


@pytest.mark.parametrize(("shell", "name"), [("csh", "dockrun"), ("sh", "a b"), ("sh", "x;y"), ("sh", "")])
def test_what_cannot_be(shell: str, name: str) -> None:
    with pytest.raises(UsageError):
        function(shell, name, ("gpudock",))


@pytest.mark.parametrize(("path", "shell"), [("/usr/bin/fish", "fish"), ("/bin/zsh", "sh"), ("", "sh")])
def test_ones_own_shell(path: str, shell: str) -> None:
    assert shell_of({"SHELL": path}) == shell


def test_what_each_command_needs() -> None:
    assert options((), Access(), "auto") == ()
    given = options((parse_host("ann@gpu1"),), Access(identity=Path("/k"), ssh_config=Path("/c")), "0")
    assert given == ("--host", "ann@gpu1", "--identity", "/k", "--ssh-config", "/c", "--gpus", "0")
    with pytest.raises(UsageError, match="one host"):
        options((parse_host("a"), parse_host("b")), Access(), "auto")


def test_the_program_that_was_started() -> None:
    assert Path(launcher()).is_file()
