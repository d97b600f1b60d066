"""One renderer: any argv reaches the host as it was."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from provisioning.command import Command, Secret, command, joined, render, restore_file, write_file

WORDS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=0)


@given(st.lists(WORDS, min_size=1))
def test_any_argv_survives(argv: list[str]) -> None:
    line = render(Command(tuple(argv)))
    assert line.endswith(" </dev/null")
    assert shlex.split(line.removesuffix(" </dev/null")) == argv


@given(WORDS)
def test_any_standard_input_survives(text: str) -> None:
    line = render(command("cat", stdin=text))
    printed, _, rest = line.rpartition(" | ")
    assert shlex.split(printed) == ["printf", "%s", text]
    assert rest == "cat"


def test_a_secret_is_rendered_and_never_shown() -> None:
    cmd = command("docker", "login", stdin=Secret("hunter2"))
    assert "hunter2" in render(cmd)
    for shown in (str(cmd), repr(cmd), f"{cmd.stdin}", str([cmd.stdin])):
        assert "hunter2" not in shown


def test_a_file_change_carries_what_the_plan_saw() -> None:
    assert write_file("/etc/x", "text", "absent") == Command(("gd_put", "/etc/x", "0644", "absent"), "text")
    assert restore_file("/etc/x") == Command(("gd_restore", "/etc/x"))


def test_two_programs_joined_are_one_argv() -> None:
    program, option, text = joined(("docker", "save", "a b"), ("zstd", "-c"))
    assert (program, option) == ("sh", "-c")
    assert "docker save 'a b' 3>&-" in text
    assert "| { zstd -c >&3" in text
