"""Verify hosts together, or facts that were saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checks import graph, verification
from checks.choosing import Choice
from checks.model import Finding, Status
from checks.report import HostReport
from checks.summary import summary
from checks.verification import first_trip_probes
from provisioning import fleet
from provisioning.engine import gather
from provisioning.errors import UsageError
from provisioning.operations.naming import named
from provisioning.operations.planning import load_facts
from provisioning.operations.reaching import runners
from provisioning.operations.reading import save_facts
from provisioning.probe import Facts
from provisioning.runners.model import Runner
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Question:
    """What a person wants to know of each host."""

    choice: Choice
    image: str = ""
    """The CUDA image of the proof, '' to choose by the driver."""
    deep: bool = True
    """Start containers where the engine can be used, and knock at registries."""


@dataclass(frozen=True)
class Looked:
    facts: Facts
    report: HostReport


LookAgain = Callable[[Callable[[bool], Looked]], Looked]
"""Takes what looks at a host once (on a new login or not), and looks as often as it must."""


def once(look_at: Callable[[bool], Looked]) -> Looked:
    return look_at(False)  # noqa: FBT003 - the one thing it can be told


def look(runner: Runner, question: Question, *, new_login: bool = False) -> Looked:
    """Look at a host in one trip, and in a second one where containers are to be started."""
    facts = gather(runner, [*first_trip_probes(), *question.choice.probes], new_login=new_login)
    findings: Sequence[Finding] = graph.judge(facts, question.choice.judged)
    if question.deep and any(finding.status is Status.NOT_RUN for finding in findings):
        verified = verification.verify(runner, facts, image=question.image, checks=question.choice.judged)
        facts, findings = verified.facts, verified.findings
    return Looked(facts, HostReport(runner.host, question.choice.shown(findings), subtitle=summary(facts)))


def verify_hosts(
    targets: Targets, question: Question, save: Path | None = None, again: LookAgain = once
) -> list[HostReport]:
    """Return a report for each host, or for this machine. Raises UsageError."""
    if save and len(targets.hosts) > 1:
        raise UsageError("--save takes the facts of one host.", "Run it once for each host.")

    def work(runner: Runner) -> HostReport:
        looked = again(lambda new_login: look(runner, question, new_login=new_login))
        if save:
            save_facts(runner.host, looked.facts, save, question.choice.probes)
        return looked.report

    with runners(targets) as opened:
        done = fleet.each(opened, work)
    return named([each.value or HostReport(each.item.host, error=each.error) for each in done], targets.access)


def verify_saved(targets: Targets, question: Question, files: Sequence[Path]) -> list[HostReport]:
    """Judge saved facts, without their hosts: those in `files`, or in all `.json` of a directory. Raises UsageError."""
    if targets.hosts:
        raise UsageError("--from judges saved facts, and a HOST is named too.", "Leave one of them out.")
    return [_judged(str(file), load_facts(file), question.choice) for name in files for file in _facts_files(name)]


def _facts_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        raise UsageError(
            f"--from {path}: there is no .json file in it.", "Make one with: ./gpudock facts HOST --save FILE"
        )
    return found


def _judged(name: str, facts: Facts, choice: Choice) -> HostReport:
    return HostReport(name, choice.shown(graph.judge(facts, choice.judged)), subtitle=summary(facts))


def strictly(reports: Sequence[HostReport]) -> list[HostReport]:
    """Return the reports with each warning as a failure."""
    return [replace(report, findings=tuple(map(_stricter, report.findings))) for report in reports]


def _stricter(finding: Finding) -> Finding:
    return replace(finding, status=Status.FAIL) if finding.status is Status.WARN else finding
