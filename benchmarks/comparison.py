"""The whole comparison, from the peers' environments to the rows of the table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import lab
from benchmarks import hosts as lab_hosts
from benchmarks import scenarios, verification
from benchmarks.environments import PEERS, environment, version
from benchmarks.measured import Goal, Row
from benchmarks.programs import (
    Ansible,
    AptByHand,
    Contestant,
    Converging,
    Gpudock,
    Login,
    Pyinfra,
    source_options,
)
from benchmarks.scenarios import Scenario
from benchmarks.timed import timed
from lab import Host

Say = Callable[[str], None]

APT_SHARE = 1.1
"""From bare, gpudock wants to take at most this many times the seconds of apt and dpkg alone."""


def compare(count: int, runs: int, say: Say) -> Iterator[Row]:
    """Measure everything on `count` hosts and on bare ones, `runs` runs each; yield rows as they are known.

    Raises LabUnavailable where there can be no hosts, NoPeer and RunFailed.
    """
    endpoints = lab.prepare(say)
    gpudock = Gpudock(source_options(endpoints, gpu=False))
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder)
        rivals = peers(job, say)
        with lab_hosts.raised([f"b-{number}" for number in range(1, count + 1)], say) as hosts:
            _make_as_wanted(gpudock, hosts, job, say)
            yield from _as_wanted(gpudock, rivals, hosts, runs, say)
            yield from verification.measured(endpoints, hosts, runs, say)
        yield from _bare(gpudock, rivals, job, runs, say)


def peers(job: Path, say: Say) -> tuple[Converging, ...]:
    """Return the peers, installed. `job` will hold the files that they put on hosts."""

    def named(name: str) -> str:
        return f"{name} {version((PEERS / f'{name.lower()}.txt').read_text())}"

    return (
        Pyinfra(environment("pyinfra", say), job, named("pyinfra")),
        Ansible(environment("ansible", say), job, f"{named('Ansible')} (core)"),
    )


def _make_as_wanted(gpudock: Gpudock, hosts: Sequence[Host], job: Path, say: Say) -> None:
    say(f"Provisioning {len(hosts)} hosts …")
    timed(gpudock.program([host.name for host in hosts], lab_hosts.direct_way(), job))
    lab_hosts.save_job(hosts[0], job)
    lab_hosts.count_sessions_from_now(hosts[0])


def _as_wanted(
    gpudock: Gpudock, rivals: Sequence[Converging], hosts: Sequence[Host], runs: int, say: Say
) -> Iterator[Row]:
    near = Scenario[Converging](
        "(a) nothing to change, one host",
        (Login(), gpudock, *rivals),
        {gpudock.name: Goal(seconds=0.6, sessions=1)},
    )
    far = replace(near, title="(b) the same, 50 ms round trip", goals={gpudock.name: Goal(seconds=1.3, sessions=1)})
    many = Scenario[Converging](
        f"(c) nothing to change, {len(hosts)} hosts",
        (gpudock, *rivals),
        {gpudock.name: Goal(seconds=3.0, peak_mb=120)} if len(hosts) == 20 else {},
    )
    say(f"{near.title} …")
    yield from scenarios.nothing_to_change(near, hosts[:1], lab_hosts.direct_way(), runs)
    say(f"{far.title} …")
    yield from scenarios.far_away(far, hosts[0], runs)
    say(f"{many.title} …")
    yield from scenarios.nothing_to_change(many, hosts, lab_hosts.direct_way(), runs)


def _bare(gpudock: Gpudock, rivals: Sequence[Converging], job: Path, runs: int, say: Say) -> Iterator[Row]:
    by_hand = AptByHand()
    bare = Scenario[Contestant]("(d) from bare, one host", (by_hand, gpudock, *rivals))

    def prepare(host: Host) -> None:
        if host.name == "b-bare-1":
            lab_hosts.put_source(host, job)

    floor, ours, *others = scenarios.from_bare(bare, runs, prepare, say)
    goal = Goal(seconds=APT_SHARE * floor.seconds)
    yield from (floor, replace(ours, goal=goal), *others)
