"""Options of `pytest checks`: a directory of one's own checks and tests, and whether containers are started."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import testinfra_door
from checks.own import OwnChecks, load
from provisioning.errors import UsageError


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gpudock")
    group.addoption("--checks", metavar="DIR", help="judge the checks in DIR too, and run the tests in it")
    group.addoption("--no-deep", action="store_true", help="start no container, knock at no registry: one trip a host")


def pytest_configure(config: pytest.Config) -> None:
    """Load the checks of DIR, have pytest collect its tests, and let these use the fixtures of testinfra_door.py."""
    directory = config.getoption("checks")
    try:
        config.stash[testinfra_door.OWN] = load(Path(directory)) if directory else OwnChecks()
    except UsageError as error:
        raise pytest.UsageError(f"{error.message}\n{error.hint}") from error
    config.pluginmanager.register(testinfra_door, "gpudock")
    if directory:
        config.args.append(directory)
