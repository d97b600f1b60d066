"""Look at everything that Docker Toolbox needs, change nothing, and report it as `verify` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checks.choosing import Choice, choose
from checks.graph import judge
from checks.model import Finding
from checks.report import HostReport
from checks.toolbox import all_checks, checks_of
from checks.toolbox.seen import Seen
from provisioning.errors import GpudockError
from provisioning.operations.toolbox.virtualbox import CALL_SECONDS, VirtualBox, find
from provisioning.operations.toolbox.vm import Vm
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.probe import Facts
from provisioning.tasks.failure import in_this_shell
from provisioning.toolbox import system_question
from provisioning.toolbox.vboxmanage import vboxmanage

ANSWER_SECONDS = 10
"""A VM that starts is waited for by whoever wants it, not by who looks what is wrong."""


def examine(place: Workplace, machine: str, choice: Choice | None = None) -> HostReport:
    """Return the findings about this machine and its VM; `choice` is of `checks.toolbox.all_checks`."""
    choice = choice or choose(all_checks())
    wanted = {check.id for check in choice.judged}
    judged = judge(Facts(), [check for check in checks_of(_see(place, machine)) if check.id in wanted])
    findings = [_in_this_shell(finding, place) for finding in choice.shown(judged)]
    return HostReport("this machine", tuple(findings), subtitle=f"Docker Toolbox, VM {machine!r}")


def _in_this_shell(finding: Finding, place: Workplace) -> Finding:
    system = "nt" if place.here.windows else "posix"
    words = in_this_shell(finding.remedy.words, system, place.here.environment)
    return replace(finding, remedy=replace(finding.remedy, words=words))


def _see(place: Workplace, name: str) -> Seen:
    seen = Seen(
        place.here,
        name,
        docker_machine=place.programs.find("docker-machine") or "",
        system=_system(place),
        newer=_newer(place),
    )
    try:
        box = find(place)
    except GpudockError:
        return seen
    return _see_machine(replace(seen, vboxmanage=box.program), box)


def _see_machine(seen: Seen, box: VirtualBox) -> Seen:
    try:
        seen = replace(seen, version=box.do(seen.name, vboxmanage("--version")))
        machine = box.machine(seen.name)
    except GpudockError as error:
        return replace(seen, machine_error=error)
    files = box.place.files
    gone = tuple(share.host_path for share in machine.shares if not files.is_folder(share.host_path))
    seen = replace(seen, machine=machine, gone_folders=gone)
    if not machine.runs:
        return seen
    vm = Vm(box.place, seen.name)
    try:
        seen = replace(seen, machine=replace(machine, guest=vm.look(ANSWER_SECONDS)))
        return replace(seen, address=vm.address())
    except GpudockError as error:
        return replace(seen, inside_error=error)


def _system(place: Workplace) -> Mapping[str, str]:
    if not place.here.windows:
        return system_question.linux_answers(place.files.read(system_question.CPUINFO) or "")
    powershell = place.programs.find(system_question.QUESTION[0])
    if powershell is None:
        return {}
    try:
        reply = place.programs.call((powershell, *system_question.QUESTION[1:]), CALL_SECONDS)
    except GpudockError:
        return {}
    return system_question.windows_answers(reply.out)


def _newer(place: Workplace) -> tuple[str, ...]:
    files = [product for product, path in system_question.newer_files(place.here) if place.files.is_file(path)]
    programs = [product for name, product in system_question.NEWER_PROGRAMS.items() if place.programs.find(name)]
    return tuple(dict.fromkeys([*files, *programs]))
