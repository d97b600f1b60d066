"""Test this checkout: style, types, pure functions, and real hosts."""

from __future__ import annotations

import os
from pathlib import Path

from invoke.context import Context

from provisioning.tasks.framing import task

ROOT = Path(__file__).parents[2]
QUICK = ("tests/static", "tests/unit")
AT_ONCE = ("--numprocesses=3", "--dist=loadfile")
"""Most of a test of hosts is waiting for them; a file shares its hosts, so it stays in one process."""

EXIT_CODES = {0: 0, 1: 2, 2: 130, 3: 70, 4: 64, 5: 64}
"""What pytest ends with (passed, failed, interrupted, internal error, usage, nothing collected) in our codes."""


@task(help={"unit": "only what needs no hosts: style, types and pure functions"})
def test(context: Context, unit: bool = False, *pytest_args: str) -> int:  # noqa: ARG001
    """Test everything, on disposable real hosts too."""
    import pytest

    os.chdir(ROOT)
    return EXIT_CODES[int(pytest.main([*AT_ONCE, *(QUICK if unit else ()), *pytest_args]))]
