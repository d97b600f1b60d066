"""`./gpudock` on machines of all kinds: each test names the change to the launcher that turns it red.

Most run in a checkout that holds the launcher, a lock of one small package, and a tasks.py that says what it got.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that is set up, in a folder whose name needs care."""
    home = make_checkout(tmp_path_factory.mktemp("launcher") / "a clone, mit Umläuten $HOME 'x'")
    code, out, err = end(start(home / "gpudock", "--list"))
    assert (code, out) == (0, "['--list'] None\n")
    assert re.fullmatch(r"Setting up gpudock in .* \(once, about 20 seconds\) \.\.\.\n", err)
    return home


def test_words_and_exit_code_pass_through(ready: Path) -> None:
    """Red: "$@" without quotes, or a launcher that does not exec."""
    words = ("fail", "a  b", "", "--", "*", "'")
    assert end(start(ready / "gpudock", *words)) == (7, f"{list(words)} None\n", "")


def test_from_anywhere_and_through_links(ready: Path, tmp_path: Path) -> None:
    """Red: $home taken from $0 or from the current folder."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "absolute").symlink_to(ready / "gpudock")
    (tmp_path / "deep" / "relative link").symlink_to("../absolute")
    for program in (tmp_path / "absolute", "deep/relative link", "./absolute"):
        assert end(start(program, "x", cwd=tmp_path)) == (0, "['x'] None\n", "")
    assert end(start("sh", "gpudock", "x", cwd=ready)) == (0, "['x'] None\n", "")


def test_found_on_path(ready: Path, tmp_path: Path) -> None:
    """Red: a launcher that looks for its folder in the current one."""
    path = f"{ready}:{os.environ['PATH']}"
    assert end(start("sh", "-c", "gpudock x", cwd=tmp_path, environment={"PATH": path})) == (0, "['x'] None\n", "")


def test_packages_of_another_environment_stay_out(ready: Path, tmp_path: Path) -> None:
    """Red: without `unset PYTHONPATH` the wrong invoke is imported."""
    (tmp_path / "invoke.py").write_text("raise SystemExit('the wrong invoke')")
    assert end(start(ready / "gpudock", environment={"PYTHONPATH": str(tmp_path)})) == (0, "[] None\n", "")


def test_it_adds_little_to_each_run(ready: Path) -> None:
    """Red: a Python started to look whether all is well."""
    assert best_of(7, ready / "gpudock") - best_of(7, ready / ".venv/bin/python", ready / "tasks.py") < 0.03


def best_of(count: int, *argv: str | Path) -> float:
    """Return the shortest of `count` runs, in seconds: what it costs when the machine is not busy elsewhere."""
    seconds = []
    for _ in range(count):
        begin = time.monotonic()
        assert end(start(*argv))[0] == 0
        seconds.append(time.monotonic() - begin)
    return min(seconds)


def test_two_first_runs_at_once(tmp_path: Path) -> None:
    """Red: without the lock both make .venv, and one finds the other's half of it."""
    home = make_checkout(tmp_path / "clone")
    both = [end(process) for process in [start(home / "gpudock", "x"), start(home / "gpudock", "x")]]
    assert [(code, out) for code, out, _ in both] == [(0, "['x'] None\n")] * 2
    said = "".join(err for _, _, err in both)
    assert said.count("Setting up gpudock") == 1
    assert said.count("Waiting for another gpudock") == 1


def test_made_anew_when_half_made_or_changed_or_its_python_has_gone(tmp_path: Path) -> None:
    """Red: a stamp written first, or not compared with the lock, or a python that is not tried."""
    home = make_checkout(tmp_path / "clone")
    environment = home / ".venv"
    python = environment / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(PYTHON)
    assert "Setting up" in end(start(home / "gpudock"))[2]
    (home / "requirements.txt").write_text((home / "requirements.txt").read_text() + "# changed\n")
    assert "Setting up" in end(start(home / "gpudock"))[2]
    python.unlink()
    python.symlink_to("/no/such/python3.10")
    assert "Setting up" in end(start(home / "gpudock"))[2]
    assert end(start(home / "gpudock")) == (0, "[] None\n", "")


def test_the_python_behind_has_its_version_in_its_name(ready: Path) -> None:
    """Red: python3 itself behind .venv: an upgrade of the system would change its version under the packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert (ready / ".venv/bin/python").resolve().name == version


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_any_posix_shell(ready: Path, tmp_path: Path, shell: str) -> None:
    """Red: a word that only bash knows."""
    argv = [unpacked_busybox(tmp_path), "sh"] if shell == "busybox" else [shell]
    home = make_checkout(tmp_path / "clone")
    assert end(start(*argv, home / "gpudock", "x"))[:2] == (0, "['x'] None\n")


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


@pytest.mark.parametrize(
    ("pythons", "chosen", "message"),
    [
        (
            {},
            "",
            r"gpudock needs Python 3\.10 or newer and found none; install it: .* python3 python3-venv",
        ),
        ({"python3": "broken"}, "", r"gpudock needs Python 3\.10 or newer and found none"),
        ({"python3": "old"}, "", r"gpudock needs Python 3\.10 or newer and found 3\.9; name another one \(PYTHON="),
        ({"python3": "bare"}, "", r"Python 3\.\d+ is here without its venv module; install it: .* python3\.\d+-venv"),
        ({"python3": "old", "python3.12": "bare"}, "", r"Python 3\.\d+ is here without its venv module"),
        ({"python3": "old"}, "/no/such/python", "PYTHON=/no/such/python is no Python that runs; .* unset PYTHON"),
    ],
)
def test_no_usable_python_is_one_sentence(
    tmp_path: Path, pythons: Mapping[str, str], chosen: str, message: str
) -> None:
    """Red: a traceback of venv's, or a sentence without the command that mends it."""
    home = make_checkout(tmp_path / "clone")
    (tmp_path / "bin").mkdir()
    environment = {"PATH": path_with(tmp_path / "bin", pythons), "PYTHON": chosen}
    code, out, err = end(start(home / "gpudock", environment=environment))
    assert (code, out, err.count("\n")) == (70, "", 1)
    assert re.match(f"error: {message}", err)
    assert not (home / ".venv").exists()


def test_the_next_python_will_do(tmp_path: Path) -> None:
    """Red: giving up at the first python3 that is too old."""
    home = make_checkout(tmp_path / "clone")
    (tmp_path / "bin").mkdir()
    path = path_with(tmp_path / "bin", {"python3": "old"})
    (tmp_path / "bin" / "python3.11").symlink_to(PYTHON)
    assert end(start(home / "gpudock", environment={"PATH": path, "PYTHON": ""}))[:2] == (0, "[] None\n")


def test_without_network(tmp_path: Path) -> None:
    """Red: pip's own forty lines, or an environment left behind that looks finished."""
    home = make_checkout(tmp_path / "clone")
    code, out, err = end(start("unshare", "--net", home / "gpudock"))
    setting_up, message = err.splitlines()
    assert (code, out) == (69, "")
    assert setting_up.startswith("Setting up")
    assert re.match("error: The Python package registry cannot be reached; .* HTTPS_PROXY=", message)
    assert end(start(home / "gpudock"))[:2] == (0, "[] None\n")


def test_a_package_that_is_not_the_one_in_the_lock(tmp_path: Path) -> None:
    """Red: without --require-hashes it would be installed."""
    home = make_checkout(tmp_path / "clone")
    lock = home / "requirements.txt"
    lock.write_text(re.sub("sha256:.{8}", "sha256:00000000", lock.read_text()))
    code, _, err = end(start(home / "gpudock"))
    assert code == 70
    assert "error: pip could not install what gpudock needs" in err
    assert "setup.log" in err


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    """Red: without GPUDOCK_VENV a checkout on read-only media cannot be used."""
    home = make_checkout(tmp_path / "clone")
    code, _, err = end(start(home / "gpudock", environment={"GPUDOCK_VENV": "/proc/no"}))
    assert (code, err.count("\n")) == (70, 1)
    assert "GPUDOCK_VENV=" in err
    elsewhere = {"GPUDOCK_VENV": str(tmp_path / "else where")}
    assert end(start(home / "gpudock", environment=elsewhere))[:2] == (0, "[] None\n")
    assert not (home / ".venv").exists()


LOADED = """
import runpy, sys
runpy.run_path(sys.argv[1])
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"fabric", "paramiko", "rich", "requests", "pytest"}))
"""


def test_a_clean_checkout_lists_its_tasks_at_once(tmp_path: Path) -> None:
    """Red: an import of rich, fabric, requests or pytest where a task file is loaded."""
    home = tmp_path / "clone"
    kept_out = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, home, ignore=kept_out)
    code, out, err = end(start(home / "gpudock", "--list"))
    assert (code, err.count("\n")) == (0, 1)
    assert "provision" in out
    assert best_of(7, home / "gpudock", "--list") < 0.3
    assert end(start(home / ".venv/bin/python", "-c", LOADED, home / "tasks.py")) == (0, "\n", "")


def test_a_reader_that_stops_early(tmp_path: Path) -> None:
    """Red: without the care for BrokenPipeError Python complains on standard error."""
    shown = end(start("sh", "-c", f"'{ROOT}/gpudock' --list | true"))
    assert shown == (0, "", "")
