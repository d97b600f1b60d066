"""Every critical check: it passes on a sound host, fails alone on its broken one, and blocks until that is mended."""

from __future__ import annotations

import pytest

from checks import graph
from checks.model import Severity, Status
from provisioning.probe import Facts
from tests.unit.checks.critical_faults import FAULTS, SOUND
from tests.unit.checks.judged_host import DEEP, findings
from tests.unit.described_host import READY, facts

CRITICAL = {check.id: check for check in graph.all_checks() if check.severity is Severity.CRITICAL}
SILENCE = "conn.ssh"
"""What it judges is that anything was answered at all: its broken host says nothing."""


def host(*named: str) -> Facts:
    """Return the sound host with the faults of these checks."""
    answers = {**READY, **DEEP}
    for name in named:
        answers |= FAULTS[name]
    return facts(answers)


def dependants(name: str) -> set[str]:
    """Return the checks that need it, or need a critical one that does."""
    found = {check.id for check in graph.all_checks() if name in check.needs}
    return found.union(*(dependants(each) for each in found if each in CRITICAL))


def test_no_critical_check_lacks_a_host_on_which_it_fails() -> None:
    assert {*FAULTS, SILENCE} == set(CRITICAL)


@pytest.mark.parametrize("name", CRITICAL)
def test_it_passes_on_a_sound_host(name: str) -> None:
    told = findings(facts({**READY, **DEEP, **SOUND.get(name, {})}))
    assert told[name].status is Status.PASS, told[name].seen


@pytest.mark.parametrize("name", FAULTS)
def test_it_fails_alone_and_blocks_what_needs_it(name: str) -> None:
    told = findings(host(name))
    assert {each.check for each in told.values() if each.status is Status.FAIL} == {name}
    assert graph.root_causes_first(told.values())[0].check == name
    after = {each: told[each].status for each in dependants(name)}
    assert set(after.values()) <= {Status.BLOCKED}, after
    assert {each.check for each in told.values() if each.blocked_by} == set(told[name].explains) >= set(after)


def test_of_a_host_that_says_nothing_nothing_is_said() -> None:
    told = findings(Facts())
    assert {each.check for each in told.values() if each.status is Status.FAIL} == {SILENCE}
    assert {told[each].blocked_by for each in dependants(SILENCE)} == {SILENCE}
    assert {each.status for each in told.values()} <= {Status.FAIL, Status.BLOCKED, Status.UNKNOWN, Status.NOT_RUN}


def both_can_be(cause: str, other: str) -> bool:
    """Tell whether the faults are of different answers, so that one can be mended while the other stays.

    No GPU and no loaded driver are no fault together: that is a host without a GPU.
    """
    no_gpu_host = cause == "gpu.pci" and FAULTS[other].get("kernel_driver") == ""
    return not no_gpu_host and not FAULTS[cause].keys() & FAULTS[other].keys()


PAIRS = [
    (cause, other) for cause in FAULTS for other in sorted(dependants(cause) & set(FAULTS)) if both_can_be(cause, other)
]


@pytest.mark.parametrize(("cause", "other"), PAIRS)
def test_what_it_blocks_speaks_again_once_it_is_mended(cause: str, other: str) -> None:
    """Red when a dependant keeps quiet for good, or does not keep quiet while the cause stands."""
    assert findings(host(cause, other))[other].status is Status.BLOCKED
    assert findings(host(other))[other].status is Status.FAIL


def test_every_cause_with_dependants_is_mended_in_one_pair_at_least() -> None:
    with_some = {name for name in FAULTS if dependants(name) & set(FAULTS)}
    assert with_some == {cause for cause, _ in PAIRS}
