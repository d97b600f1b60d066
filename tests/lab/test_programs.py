"""Programs of this machine, really started: time limits, daemons that they leave, and what they wrote."""

from __future__ import annotations

import time

import pytest

from provisioning.errors import ChangeFailed, UnsupportedHost
from provisioning.runners.programs import LocalPrograms, Reply, command_line, decoded, program_name


def test_both_streams_and_the_exit_code_come_back() -> None:
    script = "printf 'a\\r\\nb'; printf 'ö' >&2; printf %s \"$GPUDOCK_TEST\"; exit 3"
    reply = LocalPrograms().call(("sh", "-c", script), 10, {"GPUDOCK_TEST": "x"})
    assert reply == Reply(3, "a\nbx", "ö")


def test_standard_input_is_empty() -> None:
    assert LocalPrograms().call(("cat",), 10) == Reply(0)


def test_a_program_that_hangs_is_stopped() -> None:
    with pytest.raises(ChangeFailed, match=r"`sleep` did not end within 0 s"):
        LocalPrograms().call(("sleep", "60"), 0.2)


def test_a_daemon_that_keeps_the_streams_open_is_not_waited_for() -> None:
    """Red when the streams are pipes: VBoxManage leaves VBoxSVC behind."""
    begun = time.monotonic()
    assert LocalPrograms().call(("sh", "-c", "sleep 5 & echo done"), 60) == Reply(0, "done\n")
    assert time.monotonic() - begun < 4


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(UnsupportedHost, match="cannot be started"):
        LocalPrograms().call(("/nonexistent/VBoxManage",), 10)


def test_words_for_people() -> None:
    assert program_name(r"C:\Program Files\Oracle\VirtualBox\VBoxManage.exe") == "VBoxManage"
    assert command_line(("a", "b c"), windows=True) == 'a "b c"'
    assert command_line(("a", "b c"), windows=False) == "a 'b c'"
    assert decoded(b"a\r\n\xff").startswith("a\n")
