"""How many trips a verification takes, and as whom."""

from __future__ import annotations

from checks.model import Status
from checks.verification import first_trip_probes, verify
from provisioning.probe import bundle
from provisioning.runners.model import Elevation
from tests.unit.checks.judged_host import DEEP
from tests.unit.described.registry import DEEP as NETWORK
from tests.unit.described_host import READY, ready, units
from tests.unit.provisioning.test_engine import Host


def test_containers_are_started_by_the_login_user_in_one_trip() -> None:
    host = Host(DEEP)
    verified = verify(host, ready())
    assert host.asked == [(Elevation.LOGIN_USER, True)]
    assert {finding.status for finding in verified.findings} <= {Status.PASS, Status.NOT_APPLICABLE}


def test_no_container_is_started_where_the_engine_is_down() -> None:
    host = Host(NETWORK)
    verified = verify(host, ready(units=units("failed")))
    assert host.asked == [(Elevation.LOGIN_USER, True)]
    assert set(verified.facts.answers) - set(READY) == {"registries"}
    assert [f.check for f in verified.findings if f.status is Status.FAIL] == ["dk.running"]


def test_the_first_trip_starts_no_container() -> None:
    assert {probe.name for probe in first_trip_probes()} == set(READY)


def test_the_gather_fits_into_one_argument() -> None:
    """Testinfra has no standard input, and Linux takes 128 KiB in one argument."""
    assert len(bundle(first_trip_probes(), "0" * 16).encode()) < 120_000
