"""What is measured: hosts that already are as wanted, near, far and many; and a bare one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from benchmarks import hosts as lab_hosts
from benchmarks.measured import Goal, Row, Sample
from benchmarks.programs import Contestant, Converging, Way
from benchmarks.slow_link import slow_link
from benchmarks.timed import RunFailed, timed
from lab import Host

C = TypeVar("C", bound=Contestant)

ROUND_TRIP = 0.05
"""Seconds to a host far away and back."""


@dataclass(frozen=True)
class Scenario(Generic[C]):
    """Programs that do the same on the same hosts, and what gpudock wants to stay under."""

    title: str
    contestants: Sequence[C]
    goals: Mapping[str, Goal] = field(default_factory=dict)
    """By the name of the contestant."""

    def rows(self, samples: Mapping[str, Sequence[Sample]], sessions: Mapping[str, int]) -> list[Row]:
        names = [each.name for each in self.contestants]
        return [Row(self.title, n, samples[n], sessions.get(n), self.goals.get(n, Goal())) for n in names]


def nothing_to_change(scenario: Scenario[Converging], hosts: Sequence[Host], way: Way, runs: int) -> list[Row]:
    """Measure `runs` runs of each on hosts that are as wanted, in turn, so that noise falls on all of them.

    A run before those warms up, and has its sessions on the first host counted. Raises RunFailed for a run that
    found something to change.
    """
    names = [host.name for host in hosts]
    sessions = {each.name: _sessions_of(each, hosts, way) for each in scenario.contestants}
    rounds = [[_unchanged(each, names, way) for each in scenario.contestants] for _ in range(runs)]
    samples = {
        each.name: samples for each, samples in zip(scenario.contestants, zip(*rounds, strict=True), strict=True)
    }
    return scenario.rows(samples, sessions)


def far_away(scenario: Scenario[Converging], host: Host, runs: int) -> list[Row]:
    """The same for one host at the end of a slow link."""
    with tempfile.TemporaryDirectory() as folder, slow_link(host.address, 22, ROUND_TRIP) as port:
        return nothing_to_change(scenario, [host], lab_hosts.way_through(port, host, Path(folder)), runs)


def from_bare(
    scenario: Scenario[Contestant], runs: int, prepare: Callable[[Host], object], say: Callable[[str], None]
) -> list[Row]:
    """Measure each on a bare host of its own, `runs` times; `prepare` is done to each host before."""
    names = [f"b-bare-{number}" for number, _ in enumerate(scenario.contestants, 1)]
    samples: dict[str, list[Sample]] = {each.name: [] for each in scenario.contestants}
    for number in range(1, runs + 1):
        say(f"{scenario.title}: {number} of {runs} …")
        with lab_hosts.raised(names, say) as hosts:
            lab_hosts.each_at_once(hosts, prepare)
            for contestant, host in zip(scenario.contestants, hosts, strict=True):
                samples[contestant.name].append(_run(contestant, [host.name], lab_hosts.direct_way())[0])
                lab_hosts.on(host, "docker version")  # a job that was not done does not count
    return scenario.rows(samples, {})


def _sessions_of(contestant: Converging, hosts: Sequence[Host], way: Way) -> int:
    before = lab_hosts.sessions(hosts[0])
    _unchanged(contestant, [host.name for host in hosts], way)
    return lab_hosts.sessions(hosts[0]) - before


def _unchanged(contestant: Converging, names: Sequence[str], way: Way) -> Sample:
    sample, output = _run(contestant, names, way)
    if not contestant.found_all_well(output):
        raise RunFailed(f"{contestant.name} did not find all as it should be:\n{output}")
    return sample


def _run(contestant: Contestant, names: Sequence[str], way: Way) -> tuple[Sample, str]:
    with tempfile.TemporaryDirectory() as scratch:
        return timed(contestant.program(names, way, Path(scratch)))
