"""Waiting until nothing fails, by a clock that only the wait itself moves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from checks.model import Finding, Severity, Status
from checks.remedy import by_hand
from checks.report import HostReport
from provisioning.errors import AccessDenied, GpudockError, Unreachable, UsageError
from provisioning.operations.verifying import Looked
from provisioning.operations.waiting import Deadline, seconds_of, until_well
from provisioning.probe import Facts


def seen(status: Status) -> Looked:
    finding = Finding("dk.running", "c", Severity.CRITICAL, status, "it is down", "cause", by_hand("r"))
    return Looked(Facts(), HostReport("gpu1", (finding,)))


class Wait:
    """What a host shows at each look; the last of it again and again."""

    def __init__(self, shows: Sequence[Looked | GpudockError], seconds: float = 100) -> None:
        self.shows, self.seconds = list(shows), seconds
        self.now, self.said, self.pauses, self.logins = 0.0, [], [], []  # type: ignore[var-annotated]

    def look(self, new_login: bool) -> Looked:
        self.logins.append(new_login)
        shown = self.shows.pop(0) if len(self.shows) > 1 else self.shows[0]
        if isinstance(shown, GpudockError):
            raise shown
        return shown

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def go(self) -> Looked:
        return until_well(self.look, Deadline(self.seconds, self.sleep, lambda: self.now, self.said.append))


@pytest.mark.parametrize("well", [Status.PASS, Status.WARN, Status.UNKNOWN])
def test_a_host_where_nothing_fails_is_not_waited_for(well: Status) -> None:
    wait = Wait([seen(well)])
    assert wait.go().report.findings[0].status is well
    assert (wait.pauses, wait.said, wait.logins) == ([], [], [False])


def test_failures_are_looked_at_again_on_a_new_login_with_longer_pauses() -> None:
    wait = Wait([*[seen(Status.FAIL)] * 3, seen(Status.PASS)])
    assert wait.go().report.findings[0].status is Status.PASS
    assert wait.pauses == [2, 4, 8] and wait.logins == [False, True, True, True]
    assert wait.said == ["waiting: gpu1: dk.running: it is down"]


def test_a_host_that_reboots_is_waited_for() -> None:
    wait = Wait([seen(Status.FAIL), Unreachable("gpu1 does not answer"), seen(Status.PASS)])
    wait.go()
    assert wait.said == ["waiting: gpu1: dk.running: it is down", "waiting: gpu1 does not answer"]


def test_at_the_end_the_reason_is_told() -> None:
    wait = Wait([seen(Status.FAIL)])
    assert wait.go().report.findings[0].status is Status.FAIL
    assert wait.said[-1] == "gave up after 100 s: gpu1: dk.running: it is down"
    assert wait.now == 100 and max(wait.pauses) == 30


def test_a_host_that_never_answers_stays_unreachable() -> None:
    wait = Wait([Unreachable("gpu1 does not answer")])
    with pytest.raises(Unreachable):
        wait.go()
    assert wait.said[-1] == "gave up after 100 s: gpu1 does not answer"


def test_what_waiting_does_not_mend_ends_it_at_once() -> None:
    wait = Wait([AccessDenied("no key")])
    with pytest.raises(AccessDenied):
        wait.go()
    assert wait.pauses == []


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1h", 3600), ("0", 0)])
def test_times(text: str, seconds: int) -> None:
    assert seconds_of("--wait", text) == seconds


@pytest.mark.parametrize("text", ["", "m", "10 m", "-1", "1.5h", "10d", "9999999"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match="--wait takes a time such as"):
        seconds_of("--wait", text)
