"""What the doctor asks for, and how it reads the answers of Windows and Linux."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.choosing import choose
from checks.model import Status
from checks.toolbox import all_checks
from provisioning.errors import UsageError
from provisioning.operations.toolbox import doctoring
from provisioning.runners.programs import Reply
from provisioning.tasks.toolbox_doctor import read_choice
from provisioning.toolbox import system_question
from provisioning.toolbox.workstation import Workstation
from tests.unit.provisioning.toolbox.fake_toolbox import WINDOWS, FakeShare, FakeToolbox, changing

ANSWER = (
    "virtualization True\r\nhypervisor False\r\nfeature Microsoft-Hyper-V 2\r\nfeature X \r\nmemory-integrity False\r\n"
)
DESKTOP = r"C:\Program Files\Docker\Docker\Docker Desktop.exe"
HERE = replace(WINDOWS, environment={"PROGRAMFILES": r"C:\Program Files"})


def statuses(toolbox: FakeToolbox, here: Workstation = HERE) -> dict[str, Status]:
    report = doctoring.examine(toolbox.place(here=here), "default")
    return {finding.check: finding.status for finding in report.findings}


def test_answers_of_powershell() -> None:
    assert system_question.windows_answers(ANSWER) == {
        "virtualization": "True",
        "hypervisor": "False",
        "feature Microsoft-Hyper-V": "2",
        "memory-integrity": "False",
    }
    assert "wmic" not in str(system_question.QUESTION)


def test_answers_of_linux() -> None:
    assert system_question.linux_answers("flags\t\t: fpu vmx sse\n") == {"virtualization": "True"}
    assert system_question.linux_answers("flags\t\t: fpu sse\n") == {"virtualization": "False"}
    assert system_question.linux_answers("Features : fp asimd\n") == {}


def test_a_running_vm_is_looked_into_and_nothing_is_changed() -> None:
    toolbox = FakeToolbox("running", permanent={"d/Works": FakeShare(r"D:\Works", True, True)})
    toolbox.mounts["/d/Works"] = ("d/Works", "vboxsf")
    toolbox.programs.add("powershell")
    toolbox.fail["powershell"] = [Reply(0, ANSWER.replace("\r", ""))]
    toolbox.files[DESKTOP] = ""
    toolbox.programs.add("podman")
    found = statuses(toolbox)
    assert {name for name, status in found.items() if status not in {Status.PASS, Status.NOT_APPLICABLE}} == {
        "tb.environment",
        "tb.newer",
    }
    assert changing(toolbox) == []


def test_a_vm_that_does_not_answer_is_not_waited_for_long() -> None:
    toolbox = FakeToolbox("running", fail={"ssh": [Reply(1, err="exit status 255\n")] * 99})
    assert statuses(toolbox)["tb.inside"] is Status.FAIL
    assert toolbox.clock <= 15


def test_only_what_is_asked_for_is_judged_and_shown() -> None:
    choice = choose(all_checks(), "tb.folders,tb.newer", "tb.newer")
    report = doctoring.examine(FakeToolbox().place(), "default", choice)
    assert [finding.check for finding in report.findings] == ["tb.folders"]
    broken = doctoring.examine(FakeToolbox(programs=set()).place(), "default", choice)
    assert [finding.check for finding in broken.findings] == ["tb.virtualbox", "tb.folders"]


def test_an_unknown_check_is_refused_with_where_they_are_listed() -> None:
    with pytest.raises(UsageError, match=r"no check 'tb\.mountd'") as refusal:
        read_choice(only="tb.mountd")
    assert refusal.value.hint == "Did you mean tb.mounted? ./gpudock toolbox.doctor --list shows all."


def test_without_anything() -> None:
    found = statuses(FakeToolbox(programs=set()))
    assert (found["tb.virtualbox"], found["tb.docker_machine"]) == (Status.FAIL, Status.FAIL)
    assert found["tb.machine"] is Status.BLOCKED


def test_virtualbox_is_found_by_the_registry() -> None:
    toolbox = FakeToolbox(programs={"reg"})
    toolbox.fail["reg query"] = [Reply(0, "    InstallDir    REG_SZ    E:\\VBox\\\n")]
    toolbox.files[r"E:\VBox\VBoxManage.exe"] = ""
    assert statuses(toolbox)["tb.virtualbox"] is Status.PASS
