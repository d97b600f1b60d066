"""Run a program to its end, and say how long that took and how much memory it needed."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from shlex import join

from benchmarks.measured import Sample
from provisioning.errors import GpudockError


@dataclass(frozen=True)
class Program:
    """What to run. `environment` is added to this process's own."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


class RunFailed(GpudockError):
    """A program that is measured ended with an exit code other than zero, or did not do what it was to do."""


def timed(program: Program) -> tuple[Sample, str]:
    """Return the sample and what the program printed. Raises RunFailed.

    The kernel counts the memory of the largest process, and starts from our own: a smaller one's is not known.
    """
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            program.argv,
            env={**_environment(), **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if process.returncode != 0:
        tail = "\n".join(printed.splitlines()[-20:])
        raise RunFailed(f"`{join(program.argv)}` ended with exit code {process.returncode}:\n{tail}")
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Sample(seconds, usage.ru_maxrss * 1024 / 1e6 if usage.ru_maxrss > ours else None), printed


def _environment() -> dict[str, str]:
    """Return this process's environment without what changes how Python itself works, such as a ban on its cache."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
