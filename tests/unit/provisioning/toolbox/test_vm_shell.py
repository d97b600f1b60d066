"""What docker-machine's ssh is given to run in the VM, and how its ends are read."""

from __future__ import annotations

import shlex

import pytest

from provisioning.toolbox import vm_shell


def test_a_program_keeps_its_words_and_its_exit_code() -> None:
    """Red when a word is split by the shell there, or a quick restart of the VM loses what was written."""
    script = vm_shell.program(("mkdir", "-p", "a  b", "it's"))
    assert shlex.split(script.splitlines()[2]) == ["mkdir", "-p", "a  b", "it's"]
    assert script.splitlines()[3:] == ["code=$?; sync; exit $code"]
    assert vm_shell.HOME in script


def test_what_the_vm_lacks_stands_before_its_own_programs() -> None:
    script = vm_shell.reading_shell()
    assert script.endswith("PATH=$d:$PATH sh -s")
    for name in ("systemctl", "getent", "timeout"):
        assert f"put {name} " in script


@pytest.mark.parametrize(
    ("code", "errors", "own"),
    [
        (0, b"", (0, b"")),
        (1, b"exit status 7\n", (7, b"")),
        (1, b"no such file\nexit status 2\n", (2, b"no such file\n")),
        (1, b"Host is not running\n", (1, b"Host is not running\n")),
        (1, b"", (1, b"")),
        (0, b"exit status 7\n", (0, b"exit status 7\n")),
    ],
)
def test_the_exit_code_is_the_programs_own(code: int, errors: bytes, own: tuple[int, bytes]) -> None:
    assert vm_shell.exit_code(code, errors) == own
