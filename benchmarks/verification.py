"""The rows about verification: one host near and far, many hosts, and a thousand that were saved."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import hosts as lab_hosts
from benchmarks import scenarios
from benchmarks.measured import Goal, Row
from benchmarks.programs import Converging, Gpudock, source_options
from benchmarks.scenarios import Scenario
from benchmarks.timed import Program, timed
from benchmarks.verifying import Assertions, Judging, Verify, copies
from checks.graph import all_checks
from lab import Endpoints, Host

Say = Callable[[str], None]

SAVED = 1000
FORMS = ("html", "json", "nagios")


def measured(endpoints: Endpoints, many: Sequence[Host], runs: int, say: Say) -> Iterator[Row]:
    """Verify a host with a GPU, near and far, then `many` hosts; judge a thousand that are copies of these."""
    ours, rivals = Verify(len(all_checks())), (Assertions("paramiko"), Assertions("ssh"))
    near = Scenario[Converging](
        "(e) verify, one host with a GPU (stand-in)", (ours, *rivals), {ours.name: Goal(seconds=0.6, sessions=1)}
    )
    far = replace(near, title="(f) the same, 50 ms round trip", goals={ours.name: Goal(seconds=1.3, sessions=1)})
    say(f"{near.title} …")
    with lab_hosts.raised(["b-gpu"], say, gpu="t4") as [host]:
        _provision(endpoints, host)
        lab_hosts.count_sessions_from_now(host)
        yield from scenarios.nothing_to_change(near, [host], lab_hosts.direct_way(), runs)
        say(f"{far.title} …")
        yield from scenarios.far_away(far, host, runs)
    wide = Scenario[Converging](
        f"(g) verify, {len(many)} hosts", (ours, rivals[0]), {ours.name: Goal(seconds=3.0)} if len(many) == 20 else {}
    )
    say(f"{wide.title} …")
    yield from scenarios.nothing_to_change(wide, many, lab_hosts.direct_way(), runs)
    yield from judged(many, runs, say)


def _provision(endpoints: Endpoints, host: Host) -> None:
    program = Gpudock(source_options(endpoints, gpu=True))
    with tempfile.TemporaryDirectory() as scratch:
        timed(program.program([host.name], lab_hosts.direct_way(), Path(scratch)))


def judged(hosts: Sequence[Host], runs: int, say: Say) -> Iterator[Row]:
    """Judge a thousand saved hosts, in three formats."""
    with tempfile.TemporaryDirectory() as folder:
        say(f"Saving {len(hosts)} hosts …")
        copies([_saved(host) for host in hosts], SAVED, Path(folder))
        contestants = [Judging(Path(folder), form) for form in FORMS]
        title = f"(h) judge {SAVED} saved hosts"
        scenario = Scenario[Converging](title, contestants, {each.name: Goal(2.0, 200) for each in contestants})
        say(f"{title} …")
        yield from scenarios.nothing_to_change(scenario, hosts[:1], lab_hosts.direct_way(), runs)


def _saved(host: Host) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "facts.json")
        program = Verify(0).program([host.name], lab_hosts.direct_way(), Path(folder))
        timed(Program((*program.argv, "--save", str(file))))
        return file.read_text()
