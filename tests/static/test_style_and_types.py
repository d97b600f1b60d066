"""Style, types and shell: what a machine can say of the code without running it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PYTHON_PROGRAMS = {
    "ruff": [sys.executable, "-m", "ruff", "check", "--quiet", "."],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "."],
    "mypy": [sys.executable, "-m", "mypy"],
}


def run(argv: list[str]) -> None:
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("program", PYTHON_PROGRAMS)
def test_python_is_clean(program: str) -> None:
    run(PYTHON_PROGRAMS[program])


def is_shell(path: Path) -> bool:
    return path.is_file() and (path.suffix == ".sh" or path.read_bytes().startswith((b"#!/bin/sh", b"#!/bin/bash")))


SHELL = {
    "product": ((ROOT / "gpudock", ROOT / ".ci/run", *ROOT.glob("provisioning/**/*")), ()),
    # What the lab's stand-ins source is written when a host is made: shellcheck cannot see what it assigns.
    "lab": (ROOT.glob("lab/**/*"), ("--severity=warning", "--exclude=SC2154")),
}


@pytest.mark.parametrize("part", SHELL)
def test_shell_is_clean(part: str) -> None:
    here = sysconfig.get_path("scripts")
    program = shutil.which("shellcheck", path=f"{here}{os.pathsep}{os.environ['PATH']}")
    assert program, "install shellcheck: there is no wheel of it for this machine"
    files, options = SHELL[part]
    run([program, *options, "--", *(str(path) for path in files if is_shell(path))])
