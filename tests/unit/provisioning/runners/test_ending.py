"""How a run ended."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provisioning.errors import AccessDenied, ChangeFailed
from provisioning.runners.ending import Ending, LastLines, judge
from provisioning.runners.entry import READY


def lines(*chunks: bytes) -> LastLines:
    last = LastLines()
    for chunk in chunks:
        last.feed(chunk)
    return last


def ended(code: int | None, errors: bytes, output: bytes = b"") -> Ending:
    return Ending(code, lines(errors), lines(output))


STARTED = READY + b"\n"


def test_well() -> None:
    assert judge("h", ended(0, STARTED + b"a warning\n")) is None


@pytest.mark.parametrize(
    ("code", "how"),
    [(3, "ended with exit code 3"), (127, "ended with exit code 127"), (None, "was killed by a signal")],
)
def test_a_script_that_died_is_no_question_of_access(code: int | None, how: str) -> None:
    error = judge("h", ended(code, b"sudo: a password is required\n" + STARTED + b"sh: 7: oops\n"))
    assert isinstance(error, ChangeFailed)
    assert error.message == f"h: the script {how}.\nsh: 7: oops"


def test_a_script_that_died_in_silence() -> None:
    error = judge("h", ended(1, STARTED))
    assert error
    assert "said nothing on standard error" in error.message


SUDO = {
    "sudo: a password is required": ("sudo asks for a password", "--ask-sudo-pass"),
    "sudo: interactive authentication is required": ("sudo asks for a password", "--ask-sudo-pass"),
    "Sorry, try again.\nsudo: 3 incorrect password attempts": ("sudo refused the password", "type the password anew"),
    "Sorry, try again.\nsudo: no password was provided\nsudo: a password is required": (
        "sudo refused the password",
        "type the password anew",
    ),
    "sudo: Authentication failed, try again.\nsudo: Maximum 3 incorrect authentication attempts": (
        "sudo refused the password",
        "type the password anew",
    ),
    "guest is not in the sudoers file.\nsudo: oops": ("this user may not use sudo", "Log in as root"),
    "sudo: I'm sorry guest. I'm afraid I can't do that": ("this user may not use sudo", "Log in as root"),
    "Sorry, user guest may not run sudo on h.": ("this user may not use sudo", "Log in as root"),
    "Sorry, user guest is not allowed to execute '/usr/bin/sh -s' as root on h.\nsudo: no": (
        "sudo does not let this user start a shell",
        "Log in as root",
    ),
    "sudo: sorry, you must have a tty to run sudo": ("sudo asks for a terminal", "requiretty"),
    "sh: 1: exec: sudo: not found": ("sudo is not installed", "Log in as root"),
}


@pytest.mark.parametrize(("said", "told"), SUDO.items())
def test_sudo_refused(said: str, told: tuple[str, str]) -> None:
    error = judge("guest@h", ended(1, said.encode() + b"\n"))
    assert isinstance(error, AccessDenied)
    assert error.message == f"guest@h: {told[0]}.\n{said}"
    assert told[1] in error.hint


def test_a_login_that_gives_no_shell_is_answered_with_the_hosts_own_words() -> None:
    said = b'Please login as the user "ubuntu" rather than the user "root".\n'
    error = judge("root@h", ended(142, b"", said))
    assert isinstance(error, AccessDenied)
    assert said.decode().strip() in error.message
    assert "USER@HOST" in error.hint


def test_exit_code_0_without_a_shell_is_no_success() -> None:
    error = judge("h", ended(0, b"", b"This account is currently not available.\n"))
    assert isinstance(error, AccessDenied)


def test_no_shell_and_no_word() -> None:
    error = judge("h", ended(1, b""))
    assert error
    assert "(exit code 1, no word)" in error.message


def test_only_the_last_lines_stay() -> None:
    last = lines(*(b"line %d\n" % number for number in range(25)))
    assert last.text.splitlines() == [f"line {number}" for number in range(15, 25)]


def test_noise_before_the_shell_is_forgotten_even_on_its_line() -> None:
    last = lines(b"lecture\nprompt: " + READY + b"\nreal\n")
    assert (last.ready, last.text) == (True, "real")


def test_a_line_without_end_does_not_grow_without_end() -> None:
    last = lines(*[b"x" * 65536] * 10)
    assert len(last.text) == 4096


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert lines(b"\xff\xfe broken").text == "�� broken"


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_chunks_fall_anywhere(chunks: list[bytes]) -> None:
    assume(not any(READY in chunk for chunk in chunks))
    whole = b"\n".join(chunks) + b"\n" + READY + b"\nafter"
    cut = [whole[at : at + 3] for at in range(0, len(whole), 3)]
    assert (lines(*cut).ready, lines(*cut).text) == (lines(whole).ready, lines(whole).text) == (True, "after")
