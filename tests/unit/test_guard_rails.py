"""The guard rails of conftest.py stand."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

WAYS_OUT: dict[str, Callable[[], object]] = {
    "run": lambda: subprocess.run([sys.executable, "-c", ""], check=False),
    "system": lambda: os.system("true"),
    "execv": lambda: os.execv("/bin/true", ["true"]),
    "execvp": lambda: os.execvp("true", ["true"]),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "resolve": lambda: socket.getaddrinfo("localhost", 9),
    "sleep": lambda: time.sleep(0),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_leaving_the_unit_fails_past_every_except_exception(way: str) -> None:
    with pytest.raises(BaseException, match="This unit test") as caught:
        WAYS_OUT[way]()
    assert not isinstance(caught.value, Exception)
