"""Run the toolbox tasks as a person does, with the programs of a folder on PATH; or as on Windows, in this process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lab.toolbox import paths
from lab.toolbox.simulator import Toolbox
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.runners.programs import LocalPrograms
from provisioning.toolbox.workstation import Workstation
from tests.lab.driving import ROOT, Said

# Windows has none of these modules. Invoke needs them on POSIX, so only our own modules are refused them.
_AS_WITHOUT_POSIX = """
import builtins, runpy, sys
found = builtins.__import__
def guarded(name, scope=None, *rest, **more):
    importer = ((scope or {}).get("__name__") or "").partition(".")[0]
    ours = importer in {"__main__", "tasks", "provisioning", "checks"}
    if ours and name in {"fcntl", "pty", "termios", "pwd", "grp"}:
        raise ImportError(f"{importer} imports {name}, which Windows has not")
    return found(name, scope, *rest, **more)
builtins.__import__ = guarded
sys.argv = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(programs: Path, *words: str, env: dict[str, str] | None = None) -> Said:
    """Run `gpudock WORDS` to its end, without a terminal and without the modules that only POSIX has."""
    done = subprocess.run(
        [sys.executable, "-c", _AS_WITHOUT_POSIX, str(ROOT / "tasks.py"), *words],
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TERM": "dumb", **(env or {})},
        cwd=programs,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=120,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class DriveFiles:
    """Files by their paths on Windows, whose drives are folders of this machine."""

    drives: Path

    def is_folder(self, path: str) -> bool:
        return paths.folder(path, str(self.drives)) is not None

    def is_file(self, path: str) -> bool:
        return self._place(path).is_file()

    def read(self, path: str) -> str | None:
        place = self._place(path)
        return place.read_text() if place.is_file() else None

    def write(self, path: str, text: str) -> None:
        self._place(path).write_text(text)

    def remove(self, path: str) -> None:
        self._place(path).unlink(missing_ok=True)

    def _place(self, path: str) -> Path:
        folder, _, name = path.rpartition("\\")
        return (paths.folder(folder, str(self.drives)) or Path("/nonexistent")) / name


@dataclass
class OnWindows:
    """A person at a Windows machine, in Git Bash; `said` is what was told of progress."""

    drives: Path
    said: list[str] = field(default_factory=list)

    def place(self, agree: Callable[[str], bool] | None = None) -> Workplace:
        environment = {"MSYSTEM": "MINGW64", "PROGRAMFILES": r"C:\Program Files"}
        here = Workstation(True, r"C:\Users\me", r"C:\Users\me", environment)
        files = DriveFiles(self.drives)
        return Workplace(here, LocalPrograms(), files, time.monotonic, time.sleep, self.said.append, agree)


def start(toolbox: Toolbox) -> None:
    program(toolbox, "docker-machine", "start", "default")


def stop(toolbox: Toolbox) -> None:
    program(toolbox, "docker-machine", "stop", "default")


def program(toolbox: Toolbox, name: str, *words: str) -> str:
    return subprocess.run(
        [toolbox.programs / name, *words], check=True, text=True, capture_output=True, stdin=subprocess.DEVNULL
    ).stdout


def names(toolbox: Toolbox) -> tuple[list[str], list[str]]:
    """Return the permanent and the transient shares."""
    machine = toolbox.machine()
    return [share.name for share in machine.shares], [share.name for share in machine.transient]
