"""Run programs of Docker Toolbox, the real ones or the stand-ins, and see every byte of their answers."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.toolbox.simulator import Toolbox


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def call(programs: Path, *argv: str, cwd: Path = Path("/"), environment: dict[str, str] | None = None) -> Answer:
    """Run a program that stands in `programs`."""
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        [programs / argv[0], *argv[1:]],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env={**os.environ, "PATH": path, **(environment or {})},
        check=False,
        timeout=60,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def ok(programs: Path, *argv: str, environment: dict[str, str] | None = None) -> str:
    """Run what must succeed without a word on standard error; return its output."""
    answer = call(programs, *argv, environment=environment)
    assert (answer.code, answer.err) == (0, ""), answer
    return answer.out


START = ("VBoxManage", "startvm", "default", "--type", "headless")
CONTROL = ("VBoxManage", "controlvm", "default")


def add(box: Toolbox, name: str, folder: Path | str, *flags: str) -> None:
    """Share a folder of the host."""
    ok(box.programs, "VBoxManage", "sharedfolder", "add", "default", "--name", name, "--hostpath", str(folder), *flags)


def ssh(box: Toolbox, *words: str) -> str:
    """Run what must succeed in the VM."""
    return ok(box.programs, "docker-machine", "ssh", "default", *words)
