"""The one door through which the lab runs programs: argv in, text out, a readable error otherwise."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shlex import join

from provisioning.errors import GpudockError

TAIL_LINES = 15


class CommandFailed(GpudockError):
    """A program of the lab ended with an exit code other than zero."""


def run(*argv: str, stdin: str = "", cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a program to its end and return what it wrote to standard output.

    `environment` is added to this process's own. Raises CommandFailed with the last lines of both outputs.
    """
    done = subprocess.run(
        argv,
        input=stdin,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-TAIL_LINES:])
        raise CommandFailed(f"`{join(argv)}` ended with exit code {done.returncode}:\n{tail}")
    return done.stdout


def succeeds(*argv: str) -> bool:
    """Run a program for its exit code alone."""
    return subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0


def detach(*argv: str, log: Path) -> None:
    """Run a program that puts itself in the background, its output appended to `log`."""
    with log.open("ab") as output:
        subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True)
