"""The peers' own Python environments, made from the packages whose hashes stand in peers/NAME.txt."""

from __future__ import annotations

import hashlib
import re
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from lab.places import STATE
from lab.shell import CommandFailed, run
from provisioning.errors import GpudockError

PEERS = Path(__file__).with_name("peers")
PLACE = STATE / "benchmarks"  # `lab.down --purge` removes it with all else


class NoPeer(GpudockError):
    """A peer could not be installed on this machine."""


def environment(name: str, say: Callable[[str], None]) -> Path:
    """Return the folder with the programs of `ansible` or `pyinfra`; makes it when it is missing or out of date."""
    pins = PEERS / f"{name}.txt"
    recipe = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    place = PLACE / name
    stamp = place / "made-from"  # written last: an interrupted installation is begun anew
    if not stamp.exists() or stamp.read_text() != recipe:
        say(f"Installing {name} {version(pins.read_text())} in {place}, once …")
        venv.create(place, clear=True, with_pip=True)
        _install(name, place / "bin/python", pins)
        stamp.write_text(recipe)
    return place / "bin"


def version(pins: str) -> str:
    """Return the version of `ansible-core` or `pyinfra` that a file of pins names."""
    found = re.search(r"^(?:ansible-core|pyinfra)==([\w.]+)", pins, re.MULTILINE)
    if not found:
        raise ValueError("the pins name neither ansible-core nor pyinfra")
    return found[1]


def _install(name: str, python: Path, pins: Path) -> None:
    pip = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
    try:
        run(str(python), *pip, "--require-hashes", "--no-deps", "-r", str(pins))
    except CommandFailed as error:
        raise NoPeer(
            f"{name} could not be installed: {error.message}", "It needs the Python package registry and Python 3.11."
        ) from error
