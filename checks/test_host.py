"""The same checks through pytest-testinfra: `pytest checks --hosts=ssh://gpu1 [--sudo]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from testinfra.host import Host

from checks.graph import all_checks
from checks.model import Finding, Status
from checks.verification import first_trip_probes, verify
from provisioning.engine import gather
from provisioning.runners.model import Elevation


class TestinfraRunner:
    """Runs scripts through testinfra, which has no standard input: the script travels as one argument."""

    __test__ = False

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def host(self) -> str:
        return str(self._host.backend.hostname)

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:  # noqa: ARG002
        yield self._host.run("sh -c %s", script).stdout_bytes

    def close(self) -> None:
        """Testinfra closes what it opened."""


@pytest.fixture(scope="module")
def findings(host: Host) -> Mapping[str, Finding]:
    """All findings of this host, from two round trips."""
    runner = TestinfraRunner(host)
    verified = verify(runner, gather(runner, first_trip_probes()))
    return {finding.check: finding for finding in verified.findings}


@pytest.mark.parametrize("check", [check.id for check in all_checks()])
def test_host(findings: Mapping[str, Finding], check: str) -> None:
    finding = findings[check]
    if finding.status is Status.FAIL:
        pytest.fail(f"{finding.claim}: {finding.seen}\n{finding.cause}\nmend it: {finding.remedy}", pytrace=False)
    if finding.status is not Status.PASS:
        pytest.skip(f"{finding.status.value}: {finding.seen}")
