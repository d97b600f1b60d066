"""How an expected failure looks on a terminal and elsewhere."""

from __future__ import annotations

import sys

import pytest

from provisioning.errors import GpudockError
from provisioning.tasks.failure import in_this_shell, show_failure


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (GpudockError("h1: gone."), "error: h1: gone.\n"),
        (GpudockError("h1: gone.", "Switch it on."), "error: h1: gone.\nSwitch it on.\n"),
        (GpudockError("said \x1b[2J\r and [red]\u2192[/red]"), "error: said \ufffd[2J\ufffd and [red]\u2192[/red]\n"),
    ],
)
def test_plain(capsys: pytest.CaptureFixture[str], error: GpudockError, shown: str) -> None:
    show_failure(error)
    assert capsys.readouterr() == ("", shown)


def test_whoever_wants_tracebacks_gets_them_from_every_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPUDOCK_DEBUG", "1")
    try:
        raise GpudockError("h1: gone.")
    except GpudockError as error:
        show_failure(error)
    assert capsys.readouterr().err.startswith("Traceback")


def test_a_terminal_gets_colour_and_commands_that_can_be_copied(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    long_hint = "ssh-keyscan -p 22 h1 >> " + "known_hosts" * 20
    show_failure(GpudockError("h1: [bold]gone", long_hint))
    shown = capsys.readouterr().err
    assert "\x1b[1;31merror: \x1b[0mh1: [bold]gone\n" in shown
    assert f"\n{long_hint}\n" in shown


@pytest.mark.parametrize(
    ("system", "environment", "shown"),
    [
        ("posix", {}, "Run ./gpudock test"),
        ("nt", {}, r"Run .\gpudock test"),
        ("nt", {"MSYSTEM": "MINGW64"}, "Run ./gpudock test"),
    ],
)
def test_our_command_is_written_as_this_shell_takes_it(system: str, environment: dict[str, str], shown: str) -> None:
    assert in_this_shell("Run ./gpudock test", system, environment) == shown
