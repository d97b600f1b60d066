"""How a login becomes the shell that reads the script."""

from __future__ import annotations

import base64
import shlex
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.command import Secret
from provisioning.runners.entry import READY, enter, program_line
from provisioning.runners.model import Elevation

PASSWORD = Secret("pass word'\"\\")
ALL = [
    pytest.param(*each, id="-".join(map(str, each))) for each in product(Elevation, (None, PASSWORD), (None, "alice"))
]
EVERY = pytest.mark.parametrize(("elevation", "password", "user"), ALL)
SAID = b"echo '" + READY + b"' >&2\n"


@EVERY
def test_the_line_means_the_argv_to_every_login_shell(elevation: Elevation, password: Secret | None, user: str) -> None:
    """Fish reads `\\\\` and `\\'` between single quotes, csh reads `!` and ends at a line's end."""
    entry = enter(elevation, password, user)
    assert shlex.split(entry.line) == list(entry.argv)
    assert entry.argv[:2] == ("sh", "-c")
    program = entry.argv[2]
    assert not [bad for bad in ("'", "!", "\n", "\\\\") if bad in program]


@EVERY
def test_no_secret_in_the_argv(elevation: Elevation, password: Secret | None, user: str) -> None:
    assert PASSWORD.reveal() not in " ".join(enter(elevation, password, user).argv)


@EVERY
def test_no_secret_in_what_a_traceback_shows(elevation: Elevation, password: Secret | None, user: str) -> None:
    assert "pass word" not in repr(enter(elevation, password, user))


@EVERY
def test_the_shell_says_that_it_runs_before_the_script(
    elevation: Elevation, password: Secret | None, user: str
) -> None:
    assert SAID in enter(elevation, password, user).preface


def test_the_login_user_needs_no_sudo_and_gets_no_password() -> None:
    entry = enter(Elevation.LOGIN_USER, PASSWORD)
    assert entry.argv == ("sh", "-c", "exec sh -s")
    assert entry.preface == SAID


@pytest.mark.parametrize("elevation", [Elevation.ROOT, Elevation.ROOT_IF_POSSIBLE])
def test_the_password_comes_first_then_blank_lines_for_all_that_sudo_may_read(elevation: Elevation) -> None:
    given, ready, nothing = enter(elevation, PASSWORD).preface.partition(SAID)
    assert (given.rstrip(b"\n"), ready, nothing) == (b"pass word'\"\\", SAID, b"")
    assert len(given) == 8192


@pytest.mark.parametrize("elevation", [Elevation.ROOT, Elevation.ROOT_IF_POSSIBLE])
def test_without_a_password_nothing_comes_before_the_shells_own_word(elevation: Elevation) -> None:
    assert enter(elevation).preface == SAID


@pytest.mark.parametrize(
    ("elevation", "password", "end"),
    [
        (Elevation.ROOT, None, 'exec sudo -n sh -s -- "$id"'),
        (Elevation.ROOT, PASSWORD, 'else exec sudo -k -S -p "" sh -s -- "$id"; fi'),
        (Elevation.ROOT_IF_POSSIBLE, None, "fi; exec sh -s"),
        (Elevation.ROOT_IF_POSSIBLE, PASSWORD, "fi; exec sh -s"),
    ],
)
def test_what_is_left_when_nothing_is_free(elevation: Elevation, password: Secret | None, end: str) -> None:
    assert enter(elevation, password).argv[2].endswith(end)


@EVERY
def test_who_is_root_already_uses_no_sudo(elevation: Elevation, password: Secret | None, user: str) -> None:
    program = enter(elevation, password, user).argv[2]
    if program != "exec sh -s":
        skip = "read -r skipped; " if password else ""
        assert program.startswith(f'id=$(id); if [ "$(id -u)" = 0 ]; then {skip}exec ')
        assert "sudo" not in program.partition("fi;")[0]


@EVERY
def test_a_question_to_sudo_never_reads_the_script(elevation: Elevation, password: Secret | None, user: str) -> None:
    """A sudo that logs its input would swallow the script before `:` has ended."""
    for question in enter(elevation, password, user).argv[2].split("sh -c :")[1:]:
        assert question.lstrip().startswith(("</dev/null", ">/dev/null"))


def test_a_new_login_of_the_user_goes_through_su_as_root() -> None:
    entry = enter(Elevation.LOGIN_USER, None, "alice")
    assert entry.argv[2].endswith('exec sudo -n su -l "$1" -c "exec sh -s"')
    assert entry.argv[3:] == ("sh", "alice")
    assert entry.preface == SAID


def test_root_hears_the_groups_of_a_new_login_from_su() -> None:
    preface = enter(Elevation.ROOT, None, "al ice").preface
    assert preface.startswith(SAID)
    assert b"su -l -s /bin/sh 'al ice' -c id </dev/null" in preface


@given(st.text(st.characters(exclude_characters="\n\r\0", codec="utf-8")))
def test_any_password_is_its_line_and_nothing_else(password: str) -> None:
    given = enter(Elevation.ROOT, Secret(password)).preface.removesuffix(SAID)
    line, blank, rest = given.partition(b"\n")
    assert line == password.encode()
    assert blank + rest == b"\n" * (len(given) - len(line))
    assert len(rest) >= 3


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
def test_any_user_reaches_su_as_one_word(user: str) -> None:
    entry = enter(Elevation.LOGIN_USER, None, user)
    assert shlex.split(entry.line)[-1] == user
    words = shlex.split(enter(Elevation.ROOT, None, user).preface.decode().partition('-- "$(')[2].rpartition(")")[0])
    assert words[:5] == ["su", "-l", "-s", "/bin/sh", user]


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1))
def test_a_programs_words_reach_it_through_any_login_shell(words: list[str]) -> None:
    """Between single quotes, without `!` and backslashes, all of bash, dash, fish, zsh and csh read the same."""
    line = program_line(tuple(words))
    shell, option, script = shlex.split(line)
    assert (shell, option) == ("sh", "-c")
    assert not set(script) & set("'!\\\n")
    encoded = script.removeprefix('eval "$(printf %s ').removesuffix(' | base64 -d)"')
    assert shlex.split(base64.b64decode(encoded).decode(errors="surrogateescape")) == ["exec", *words]
