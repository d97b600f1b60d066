"""What in files keeps the engine down: commands of its unit, as systemd tells them, and a directory for a file."""

from __future__ import annotations

import pytest

from checks.catalog import engine_unit
from checks.catalog.engine_config import judge_json
from checks.catalog.engine_setup import redact_programs
from checks.model import Status
from provisioning.probe import Answer, Facts, UnknownFact
from tests.unit.checks.one_fault import named
from tests.unit.checks.test_engine_checks import PROGRAMS, down
from tests.unit.described_host import ready

UNIT = "/usr/lib/systemd/system/docker.service"
DROP_IN = "/etc/systemd/system/docker.service.d/10-own.conf"
FILES = f"""\
unit # {UNIT}
unit ExecStart=/usr/bin/dockerd -H fd://
unit # {DROP_IN}
unit ExecStartPre=/usr/bin/test -e /srv/token
unit # {DROP_IN.replace("10", "20")}
unit ExecStartPre=-/usr/bin/logger starting
"""


def ended(key: str, line: str, end: str, ignored: str = "no") -> str:
    program = line.split(maxsplit=1)[0]
    stamps = "start_time=[Fri 2026-11-20 15:16:11 UTC] ; stop_time=[Fri 2026-11-20 15:16:11 UTC] ; pid=1864"
    return f"ended {key}={{ path={program} ; argv[]={line} ; ignore_errors={ignored} ; {stamps} ; {end} }}\n"


DOCKERD, TEST = "/usr/bin/dockerd -H fd://", "/usr/bin/test -e /srv/token"


@pytest.mark.parametrize("result", ["exit-code", "start-limit-hit"])
def test_a_command_before_the_engine_is_named_with_its_file(result: str) -> None:
    broken = down("failed", result)
    said = ended("ExecStartPre", TEST, "code=exited ; status=1") + FILES
    found = named(
        {**broken, "engine_programs": PROGRAMS + said},
        "dk.running",
        f"ExecStartPre={TEST} (exit code 1) A command of {DROP_IN} fails",
        "Mend what",
    )
    assert not found.remedy.commands


def test_an_engine_that_was_stopped_has_no_broken_command() -> None:
    said = ended("ExecStartPre", TEST, "code=exited ; status=1") + FILES
    named({**down("inactive", "success"), "engine_programs": PROGRAMS + said}, "dk.running", "was stopped", "start")


@pytest.mark.parametrize(
    ("told", "key", "end", "file"),
    [
        (ended("ExecCondition", "/bin/false", "code=exited ; status=1"), "ExecCondition", "exit code 1", ""),
        (ended("ExecStartPost", "/bin/sleep 9", "code=killed ; status=15/TERM"), "ExecStartPost", "killed/TERM", ""),
        (ended("ExecStart", "/opt/dockerd", "code=exited ; status=203") + FILES, "ExecStart", "exit code 203", UNIT),
        (ended("ExecStartPre", "/opt/new", "code=exited ; status=2") + FILES, "ExecStartPre", "exit code 2", "20-own"),
    ],
)
def test_what_ended_badly(told: str, key: str, end: str, file: str) -> None:
    found = engine_unit.parse(told.splitlines())
    assert found
    assert (found.key, found.end, file in found.file) == (key, end, True)


@pytest.mark.parametrize(
    "told",
    [
        FILES,
        ended("ExecStartPre", TEST, "code=exited ; status=0"),
        ended("ExecStartPre", TEST, "code=(null) ; status=0/0"),
        ended("ExecStartPre", TEST, "code=exited ; status=1", ignored="yes"),
        ended("ExecStart", DOCKERD, "code=exited ; status=1"),
        ended("ExecStart", DOCKERD, "code=killed ; status=9/KILL"),
    ],
)
def test_what_is_no_fault_of_a_command(told: str) -> None:
    assert engine_unit.parse(told.splitlines()) is None


def test_addresses_in_commands_are_hidden() -> None:
    assert "10.0.0.5" not in redact_programs(ended("ExecStartPre", "/bin/ping 10.0.0.5", "code=exited ; status=1"))


def test_a_directory_in_place_of_daemon_json() -> None:
    reading = Answer(1, "", "/etc/docker/daemon.json is a directory\n")
    told = Facts({**ready().answers, "daemon_config": reading})
    found = judge_json(told)
    assert (found.status, "sudo mv /etc/docker/daemon.json" in str(found.remedy)) == (Status.FAIL, True)
    with pytest.raises(UnknownFact, match="no base64"):
        judge_json(Facts({**told.answers, "daemon_config": Answer(1, "", "no base64\n")}))
