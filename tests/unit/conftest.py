"""Guard rails: a unit test starts no process, opens no connection and does not sleep."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

# The machine may be busy with lab hosts: slowness is no failure. In CI the same examples every time.
settings.register_profile(
    "gpudock", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gpudock")

FORBIDDEN = (
    (subprocess.Popen, "__init__", "starts a process"),
    (os, "system", "starts a process"),
    (os, "fork", "starts a process"),
    (os, "posix_spawn", "starts a process"),
    (os, "execv", "replaces this process"),
    (os, "execve", "replaces this process"),
    (socket.socket, "connect", "opens a connection"),
    (socket.socket, "connect_ex", "opens a connection"),
    (socket, "getaddrinfo", "asks for an address"),
    (time, "sleep", "sleeps"),
)


class LeftTheUnit(BaseException):
    """No Exception, so that no `except Exception` in the code under test hides it."""


@pytest.fixture(autouse=True)
def stay_in_the_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn whatever leaves the process into a failure of the test."""
    for owner, name, deed in FORBIDDEN:
        if hasattr(owner, name):  # Windows has no fork
            monkeypatch.setattr(owner, name, _refuse(deed))


def _refuse(deed: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise LeftTheUnit(f"This unit test {deed}; give the code a fake, or move the test to tests/lab.")

    return refuse
