"""The same checks through pytest-testinfra: `pytest checks --hosts=ssh://gpu1 [--sudo] [--checks DIR] [--no-deep]`."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from checks import graph, testinfra_door
from checks.model import Finding, Status


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "check" in metafunc.fixturenames:
        own = metafunc.config.stash[testinfra_door.OWN].checks
        metafunc.parametrize("check", [check.id for check in (*graph.all_checks(), *own)])


def test_host(findings: Mapping[str, Finding], check: str) -> None:
    finding = findings[check]
    if finding.status is Status.FAIL:
        pytest.fail(f"{finding.claim}: {finding.seen}\n{finding.cause}\nmend it: {finding.remedy}", pytrace=False)
    if finding.status is not Status.PASS:
        pytest.skip(f"{finding.status.value}: {finding.seen}")
