"""What tests of pytest-testinfra may ask for: a host's facts and findings, read once for all tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from testinfra.host import Host

from checks import graph
from checks.model import Finding
from checks.own import OwnChecks
from checks.verification import Verified, first_trip_probes, verify
from provisioning.engine import gather
from provisioning.probe import Facts
from provisioning.runners.model import Elevation

OWN = pytest.StashKey[OwnChecks]()


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


@pytest.fixture(scope="session")
def verified_hosts() -> dict[str, Verified]:
    """What was found on each host so far, by testinfra's name for it."""
    return {}


@pytest.fixture(scope="module")
def verified(host: Host, request: pytest.FixtureRequest, verified_hosts: dict[str, Verified]) -> Verified:
    """Facts and findings of this host: one trip, and one more where containers are started."""
    name = str(host.backend.get_pytest_id())
    if name not in verified_hosts:
        config = request.config
        verified_hosts[name] = _look(TestinfraRunner(host), config.stash[OWN], deep=not config.getoption("no_deep"))
    return verified_hosts[name]


def _look(runner: TestinfraRunner, own: OwnChecks, *, deep: bool) -> Verified:
    checks = [*graph.all_checks(), *own.checks]
    facts = gather(runner, [*first_trip_probes(), *own.probes])
    return verify(runner, facts, checks=checks) if deep else Verified(facts, tuple(graph.judge(facts, checks)))


@pytest.fixture
def facts(verified: Verified) -> Facts:
    """The facts of this host: `facts[PROBE]` is the typed answer of a probe."""
    return verified.facts


@pytest.fixture
def findings(verified: Verified) -> Mapping[str, Finding]:
    """What each check found on this host, by its id."""
    return {finding.check: finding for finding in verified.findings}
