"""Waiting, applying and proving, over a scripted host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from provisioning.command import command
from provisioning.engine import Patience, apply, gather, gather_at_rest, prove, require_root
from provisioning.errors import AccessDenied, ChangeFailed, GpudockError, Locked, NotConverged, Unreachable
from provisioning.journal import Run
from provisioning.plan import Change, Plan
from provisioning.probe import Probe
from provisioning.probes.activity import ACTIVITY
from provisioning.runners.model import Elevation
from provisioning.script import Event
from provisioning.settings import Settings
from tests.unit.described_host import FRESH, READY, fresh

RUN = Run("r", 0, "me@here")
PLAN = Plan((Change("Break something", (command("false"),), hint="Mend it."),))


class Host:
    """Answers each run by what its script asks, in the frames and with the nonce of that script."""

    host = "gpu1"

    def __init__(self, *runs: Mapping[str, str] | str | GpudockError) -> None:
        self.runs = list(runs)
        self.asked: list[tuple[Elevation, bool]] = []

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:
        self.asked.append((elevation, new_login))
        answer = self.runs.pop(0)
        if isinstance(answer, GpudockError):
            raise answer
        nonce = re.findall(r"(?:@@|GD_NONCE=)([0-9a-f]{16})", script)[0]
        if isinstance(answer, str):
            yield answer.replace("@@", f"@@{nonce}").encode()
            return
        for name, text in answer.items():
            yield f"@@{nonce} {name} 0 {len(text.encode())} 0\n{text}\n".encode()

    def close(self) -> None: ...


class Clock:
    def __init__(self) -> None:
        self.now, self.said = 0.0, list[str]()

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def patience(self) -> Patience:
        return Patience(self.sleep, lambda: self.now, self.said.append)


BUSY = {"activity": "/var/lib/apt/lists/lock 812 apt-get\n"}


def test_gathers_as_root_where_it_can() -> None:
    host = Host({"activity": ""})
    assert gather(host, [ACTIVITY])[ACTIVITY] == ()
    assert host.asked == [(Elevation.ROOT_IF_POSSIBLE, False)]


def test_waits_for_apt_says_so_once_and_plans_from_what_comes_after() -> None:
    clock = Clock()
    facts = gather_at_rest(Host(BUSY, BUSY, {"activity": ""}), [ACTIVITY], Settings(), clock.patience())
    assert facts[ACTIVITY] == ()
    assert clock.said == ["gpu1: waiting for apt-get (pid 812), which holds /var/lib/apt/lists/lock"]


def test_waiting_is_bounded_and_names_the_holder() -> None:
    clock = Clock()
    hosts = Host(*[{"activity": "cloud-init 1 cloud-init\n"}] * 9)
    with pytest.raises(Locked, match=r"still waiting for cloud-init.* after 10 s"):
        gather_at_rest(hosts, [ACTIVITY], Settings(wait=10), clock.patience())


def ran(text: str) -> list[Event]:
    heard: list[Event] = []
    apply(Host(text), PLAN, RUN, heard.append)
    return heard


def test_every_event_reaches_who_watches() -> None:
    assert len(ran("\n@@ begin 1\nout\n\n@@ end 1 0 1.0 2.0\n\n@@ done\n")) == 4


def test_a_failed_change_is_told_with_its_last_lines_and_what_to_do() -> None:
    lines = "\n".join(f"line {number}" for number in range(1, 21))
    with pytest.raises(ChangeFailed) as failed:
        ran(f"\n@@ begin 1\n{lines}\n\n@@ end 1 7 1.0 2.0\n\n@@ undone 1 0\n\n@@ done\n")
    assert "gpu1: this change failed with exit code 7: Break something" in failed.value.message
    assert "(false)" in failed.value.message
    assert "line 11" in failed.value.message and "line 10" not in failed.value.message
    assert failed.value.hint == "Mend it."


def test_undoing_that_fails_is_told() -> None:
    with pytest.raises(ChangeFailed, match="could not be undone"):
        ran("\n@@ begin 1\n\n@@ end 1 7 1.0 2.0\n\n@@ undone 1 3\n\n@@ done\n")


def test_another_operator() -> None:
    with pytest.raises(Locked, match="bob@desk since 12:00"):
        ran("\n@@ locked bob@desk since 12:00\n")


def test_an_output_that_ends_early_is_a_cut_connection() -> None:
    with pytest.raises(Unreachable, match="cut before"):
        ran("\n@@ begin 1\n\n@@ end 1 0 1.0 2.0\n")


def test_changes_run_as_root() -> None:
    host = Host("\n@@ done\n")
    apply(host, PLAN, RUN, lambda _: None)
    assert host.asked == [(Elevation.ROOT, False)]


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
