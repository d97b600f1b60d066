"""Waiting, applying and proving, over a scripted host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from provisioning.engine import Patience, gather, gather_at_rest, prove, require_root
from provisioning.errors import AccessDenied, GpudockError, Locked, NotConverged
from provisioning.probe import Answer, Probe
from provisioning.probes.activity import ACTIVITY
from provisioning.probes.current_run import CURRENT_RUN, CurrentRun
from provisioning.runners.model import Elevation
from provisioning.settings import Settings
from tests.unit.described_host import FRESH, READY, fresh
from tests.unit.provisioning.framed import framed


class Raw(bytes):
    """Output as it is, whatever the script asked."""


class Host:
    """Answers each run by what its script asks, in the frames and with the nonce of that script."""

    host = "gpu1"

    def __init__(self, *runs: Mapping[str, str] | str | Raw | GpudockError) -> None:
        self.runs: list[Mapping[str, str] | str | Raw | GpudockError] = list(runs)
        self.asked: list[tuple[Elevation, bool]] = []

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:
        self.asked.append((elevation, new_login))
        answer = self.runs.pop(0)
        if isinstance(answer, GpudockError):
            raise answer
        if isinstance(answer, Raw):
            yield answer
            return
        nonce = re.findall(r"(?:@@|GD_NONCE=)([0-9a-f]{16})", script)[0]
        if isinstance(answer, str):
            yield answer.replace("@@", f"@@{nonce}").encode()
            return
        yield framed(nonce, {name: Answer(0, text) for name, text in answer.items()})

    def close(self) -> None: ...


def refuse(current: CurrentRun) -> None:
    raise Locked(current.operator)


class Clock:
    def __init__(self) -> None:
        self.now, self.said = 0.0, list[str]()

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def patience(self, meet: Callable[[CurrentRun], None] = refuse) -> Patience:
        return Patience(self.sleep, lambda: self.now, self.said.append, meet)


REST = {"activity": "", "current_run": ""}
BUSY = {**REST, "activity": "/var/lib/apt/lists/lock 812 apt-get\n"}
ALIVE = {**REST, "current_run": "gpudock 20260102T030405Z-ab c0ffee ada@desk\n"}
ASKED: list[Probe[Any]] = [ACTIVITY, CURRENT_RUN]


def test_gathers_as_root_where_it_can() -> None:
    host = Host({"activity": ""})
    assert gather(host, [ACTIVITY])[ACTIVITY] == ()
    assert host.asked == [(Elevation.ROOT_IF_POSSIBLE, False)]


def test_waits_for_apt_says_so_once_and_plans_from_what_comes_after() -> None:
    clock = Clock()
    facts = gather_at_rest(Host(BUSY, BUSY, REST), ASKED, Settings(), clock.patience())
    assert facts[ACTIVITY] == ()
    assert clock.said == ["gpu1: waiting for apt-get (pid 812), which holds /var/lib/apt/lists/lock"]


def test_waiting_is_bounded_and_names_the_holder() -> None:
    clock = Clock()
    hosts = Host(*[{**REST, "activity": "cloud-init 1 cloud-init\n"}] * 9)
    with pytest.raises(Locked, match=r"still waiting for cloud-init.* after 10 s"):
        gather_at_rest(hosts, ASKED, Settings(apt_timeout=10), clock.patience())


def test_a_run_that_is_alive_is_met_and_then_looked_at_on_a_new_login() -> None:
    host, met = Host(ALIVE, REST), list[CurrentRun]()
    gather_at_rest(host, ASKED, Settings(), Clock().patience(met.append))
    assert met == [CurrentRun("20260102T030405Z-ab", "c0ffee", "ada@desk")]
    assert met[0].since == "2026-01-02 03:04:05 UTC"
    assert [new_login for _, new_login in host.asked] == [False, True]


def test_the_run_of_another_is_not_followed() -> None:
    with pytest.raises(Locked, match="ada@desk"):
        gather_at_rest(Host(ALIVE), ASKED, Settings(), Clock().patience())


PROBES = [Probe(name, "", str) for name in FRESH]


def test_proof_is_taken_on_a_new_login() -> None:
    host = Host(READY)
    prove(host, PROBES, Settings())
    assert host.asked == [(Elevation.ROOT_IF_POSSIBLE, True)]


def test_what_is_left_is_named() -> None:
    with pytest.raises(NotConverged, match="Add Docker's package source"):
        prove(Host(FRESH), PROBES, Settings())


def test_without_root_nothing_is_begun() -> None:
    require_root(fresh(), "gpu1")
    with pytest.raises(AccessDenied, match="admin is not root"):
        require_root(fresh(login=FRESH["login"].replace("reader 0", "reader 1000")), "gpu1")


def test_a_sudo_that_asks_for_a_terminal_is_told_by_its_cause() -> None:
    login = FRESH["login"].replace("reader 0", "reader 1000")
    with pytest.raises(AccessDenied, match="requiretty") as denied:
        require_root(fresh(login=f"{login}sudo sudo: sorry, you must have a tty to run sudo\n"), "gpu1")
    assert "!requiretty" in denied.value.hint
