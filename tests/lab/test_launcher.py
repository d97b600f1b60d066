"""`./gpudock` in everyday use: each test names the change to the launcher that turns it red.

Most run in a checkout that holds the launcher, a lock of one small package, and a tasks.py that says what it got.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.lab.launching import PYTHON, ROOT, end, make_checkout, start


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


def test_nothing_is_installed_or_asked_again(ready: Path, tmp_path: Path) -> None:
    """Red: pip asked at each run whether all is there."""
    home = tmp_path / "clone"
    shutil.copytree(ready, home, symlinks=True)
    [pip] = (home / ".venv/lib").glob("*/site-packages/pip")
    shutil.rmtree(pip)
    assert end(start(home / "gpudock", "x")) == (0, "['x'] None\n", "")


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


def test_the_python_behind_is_not_the_link_that_an_upgrade_moves(tmp_path: Path) -> None:
    """Red: python3 itself behind .venv: an upgrade of the system would change its version under the packages."""
    home = make_checkout(tmp_path / "clone")
    link = tmp_path / "python3"
    link.symlink_to(PYTHON)
    assert end(start(home / "gpudock", environment={"PYTHON": str(link)}))[0] == 0
    link.unlink()
    assert end(start(home / "gpudock")) == (0, "[] None\n", "")


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
    assert end(start(home / ".venv/bin/python", "-c", LOADED, home / "tasks.py")) == (0, "\n", "")


def test_a_reader_that_stops_early(tmp_path: Path) -> None:
    """Red: without the care for BrokenPipeError Python complains on standard error."""
    shown = end(start("sh", "-c", f"'{ROOT}/gpudock' --list | true"))
    assert shown == (0, "", "")
