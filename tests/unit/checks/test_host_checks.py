"""The host and the way to it: faults by name, and the hosts that are sound in a way of their own."""

from __future__ import annotations

import pytest

from checks.catalog.host import judge_overcommit, judge_platform, judge_reach, judge_reboot, judge_root, parse_state
from checks.model import Status
from provisioning.probe import Answer, Facts
from tests.unit.checks.judged_host import findings
from tests.unit.checks.one_fault import named
from tests.unit.described_host import READY, UBUNTU, ready

MACHINE = READY["machine"]
FEDORA = 'PRETTY_NAME="Fedora Linux 41"\nID=fedora\nVERSION_ID=41\n'


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        ({"login": READY["login"].replace("reader 0", "reader 1000")}, "conn.sudo", "wants a password", "--ask-sudo"),
        ({"operating_system": FEDORA}, "os.platform", "Fedora Linux 41", "Ubuntu 20.04"),
        ({"machine": MACHINE.replace("amd64\n", "riscv64\n", 1)}, "os.platform", "amd64 and arm64", "another machine"),
        ({"machine": MACHINE.replace("init systemd", "init runit")}, "os.platform", "PID 1 is runit", "systemd=true"),
        ({"machine": MACHINE.replace("container none", "container docker")}, "os.platform", "docker container", "runs"),
        ({"machine": MACHINE.replace("-cloud-amd64", "-Microsoft")}, "os.platform", "WSL 1", "--set-version NAME 2"),
        (
            {"host_state": "reboot yes\npackage linux-image-6.12.0-2-amd64\novercommit 0\n"},
            "os.reboot_pending",
            "asked for by linux-image-6.12.0-2-amd64",
            "sudo reboot",
        ),
        (
            {"host_state": "overcommit 2\nCommitLimit 900\nCommitted_AS 800\nrefused 0\n"},
            "os.overcommit",
            "driver rpc error",
            "vm.overcommit_memory=0",
        ),
        (
            {"host_state": "overcommit 2\nCommitLimit 99000000\nCommitted_AS 8\nrefused 3\n"},
            "os.overcommit",
            "refuses memory",
            "vm.overcommit_memory=0",
        ),
    ],
)
def test_one_fault_of_the_host(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    named(broken, check, cause, remedy)


def test_a_host_that_sent_nothing_back() -> None:
    verdict = judge_reach(Facts({"login": Answer(None)}))
    assert verdict.status is Status.FAIL and "did not run to its end" in verdict.cause
    told = findings(Facts())
    assert told["conn.ssh"].status is Status.FAIL
    assert told["conn.sudo"].blocked_by == told["os.platform"].blocked_by == "conn.ssh"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Debian GNU/Linux 13 (trixie), amd64"),
        ({"operating_system": UBUNTU}, "Ubuntu 24.04.1 LTS, amd64"),
        ({"machine": MACHINE.replace("container none", "container systemd-nspawn")}, "in systemd-nspawn"),
        ({"machine": MACHINE.replace("6.12.0-1-cloud-amd64", "5.15.1-microsoft-standard-WSL2")}, "Windows' own"),
        ({"host_state": READY["host_state"] + "jetson yes\n"}, "--runtime nvidia"),
    ],
)
def test_platforms_that_are_served(answers: dict[str, str], words: str) -> None:
    verdict = judge_platform(ready(**answers))
    assert verdict.status is Status.PASS and words in verdict.seen


def test_a_strict_policy_with_memory_to_hand_out_is_sound() -> None:
    state = "overcommit 2\nCommitLimit 99000000\nCommitted_AS 8\nrefused 0\n"
    assert judge_overcommit(ready(host_state=state)).status is Status.PASS


def test_a_reboot_that_no_package_asked_for_by_name() -> None:
    assert "by an update" in judge_reboot(ready(host_state="reboot yes\novercommit 1\n")).seen


def test_root_reads_all() -> None:
    assert judge_root(ready()).status is Status.PASS


def test_a_state_without_its_policy_is_no_answer() -> None:
    with pytest.raises(KeyError):
        parse_state("jetson yes\n")
