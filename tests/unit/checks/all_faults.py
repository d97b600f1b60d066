"""Every broken host that the tests of the catalogue know, and the remedies proposed on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType

from checks.model import Finding, Status
from tests.unit.checks import (
    test_cdi_checks,
    test_container_checks,
    test_driver,
    test_engine_checks,
    test_existing_containers,
    test_gpu_health,
    test_host_checks,
    test_network_checks,
    test_registry_checks,
    test_toolkit_checks,
)
from tests.unit.checks.critical_faults import FAULTS
from tests.unit.checks.judged_host import DEEP, findings
from tests.unit.described_host import READY, UBUNTU, facts

TABLES: tuple[ModuleType, ...] = (
    test_cdi_checks,
    test_container_checks,
    test_driver,
    test_engine_checks,
    test_existing_containers,
    test_gpu_health,
    test_host_checks,
    test_network_checks,
    test_registry_checks,
    test_toolkit_checks,
)


def broken_hosts() -> Iterator[Mapping[str, str]]:
    """Yield the answers that differ from a healthy host's: those of each row whose first column is called `broken`."""
    yield from FAULTS.values()
    for module in TABLES:
        for function in vars(module).values():
            for mark in getattr(function, "pytestmark", ()):
                if mark.name == "parametrize" and mark.args[0][0] == "broken":
                    yield from (row[0] for row in mark.args[1])


def remedied() -> list[tuple[str, Finding]]:
    """Return each finding with a remedy once, with the distribution that it was proposed on."""
    found = {
        (distribution, str(finding.remedy)): (distribution, finding)
        for broken in broken_hosts()
        for answers in ({**READY, **DEEP, **broken}, {**READY, **DEEP, **broken, "operating_system": UBUNTU})
        for distribution in ["ubuntu" if answers["operating_system"] == UBUNTU else "debian"]
        for finding in findings(facts(answers)).values()
        if finding.status in {Status.FAIL, Status.WARN}
    }
    return list(found.values())
