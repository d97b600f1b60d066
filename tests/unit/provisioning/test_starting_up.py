"""Ctrl-C while the program is still being read."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from provisioning.starting_up import ctrl_c_ends, ctrl_c_is_raised


class Ended(Exception):
    """What stands for the end of this process."""


@pytest.fixture(autouse=True)
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_it_ends_silently_and_later_is_an_exception() -> None:
    ctrl_c_ends()
    with pytest.raises(Ended, match="130"):
        signal.raise_signal(signal.SIGINT)
    ctrl_c_is_raised()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_what_our_caller_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctrl_c_ends()
    signal.raise_signal(signal.SIGINT)
    ctrl_c_is_raised()
    signal.raise_signal(signal.SIGINT)
