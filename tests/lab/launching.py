"""Small checkouts in which the launcher runs, and machines that lack something."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.executable).resolve()

TASKS = """import os, sys, invoke
print(sys.argv[1:], os.environ.get("PYTHONPATH"))
sys.exit(7 if "fail" in sys.argv else 0)
"""

# What stands on PATH as python3: a real Python that lacks something.
PRETENDERS = {
    "old": "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[2])",
    "bare": "import sys; sys.modules['ensurepip'] = None; exec(sys.argv[2])",
    "broken": "import sys; sys.exit(1)",
}
PROGRAMS = "sh cat cksum dirname grep id mkdir readlink tail"


def one_package(lock: str) -> str:
    """Return the part of the lock that is Invoke's."""
    part = re.search(r"^invoke==.*?(?=^\S)", lock, re.MULTILINE | re.DOTALL)
    assert part is not None
    return part[0]


def make_checkout(home: Path) -> Path:
    home.mkdir(parents=True)
    shutil.copy2(ROOT / "gpudock", home)
    (home / "requirements.txt").write_text(one_package((ROOT / "requirements.txt").read_text()))
    (home / "tasks.py").write_text(TASKS)
    return home


def start(*argv: str | Path, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        list(map(str, argv)),
        cwd=cwd,
        env={**os.environ, "PYTHON": str(PYTHON), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def unpacked_busybox(folder: Path) -> str:
    """Return a busybox: installing the package that works everywhere would remove the machine's own."""
    subprocess.run(["apt-get", "download", "-qq", "busybox-static"], cwd=folder, check=True)
    for package in folder.glob("busybox-static_*.deb"):
        subprocess.run(["dpkg-deb", "--extract", str(package), str(folder)], check=True)
    return next(str(path) for path in folder.glob("**/bin/busybox"))


def path_with(folder: Path, pythons: Mapping[str, str]) -> str:
    """Return a PATH with the programs that the launcher needs and, as Pythons, those described."""
    for program in PROGRAMS.split():
        found = shutil.which(program)
        assert found is not None
        (folder / program).symlink_to(found)
    for name, kind in pythons.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {PYTHON} -c "{PRETENDERS[kind]}" "$@"\n')
        (folder / name).chmod(0o755)
    return str(folder)
