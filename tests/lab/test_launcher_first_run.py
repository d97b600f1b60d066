"""The first run of `./gpudock` on machines of all kinds: each test names the change that turns it red."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.lab.launching import PYTHON, end, make_checkout, path_with, start, unpacked_busybox


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_any_posix_shell(tmp_path: Path, shell: str) -> None:
    """Red: a word that only bash knows."""
    argv = [unpacked_busybox(tmp_path), "sh"] if shell == "busybox" else [shell]
    home = make_checkout(tmp_path / "clone")
    assert end(start(*argv, home / "gpudock", "x"))[:2] == (0, "['x'] None\n")


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


@pytest.mark.parametrize(
    ("hashes", "instead"), [("sha256:.{8}", "sha256:00000000"), (r" \\\n +--hash=\S+", "")], ids=["wrong", "none"]
)
def test_a_package_that_is_not_known_by_its_hash(tmp_path: Path, hashes: str, instead: str) -> None:
    """Red: without --require-hashes a package whose hash is missing would be installed."""
    home = make_checkout(tmp_path / "clone")
    lock = home / "requirements.txt"
    lock.write_text(re.sub(hashes, instead, lock.read_text()))
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
