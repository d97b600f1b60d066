"""One result in each of its forms."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from checks import graph
from checks.model import Check, Finding, Severity, Status, exit_code, failed, passed
from checks.remedy import by_hand
from checks.report import HostReport, worst_exit_code
from checks.reports import facts_view, plan_view, table
from checks.reports.json_report import to_json
from checks.reports.progress import LiveProgress
from checks.summary import summary
from checks.verification import first_trip_probes
from provisioning.command import command
from provisioning.errors import AccessDenied, Unreachable
from provisioning.plan import Change, FileDiff, PackageChange, Plan
from provisioning.probe import Answer, Facts
from provisioning.script import Began, Ended, Progressed, Said, Waited
from tests.unit.described_host import fresh, ready


def finding(status: Status, check: str = "a.b") -> Finding:
    return Finding(check, "It works", Severity.CRITICAL, status, "what was [seen]", "A cause.", by_hand("a remedy"))


FAILED = HostReport("gpu1", (finding(Status.FAIL),), subtitle="Debian 13")


def text_of(show: object, *args: object) -> str:
    out = io.StringIO()
    show(Console(file=out, width=120), *args)  # type: ignore[operator]
    return out.getvalue()


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([Status.PASS, Status.BLOCKED, Status.NOT_APPLICABLE, Status.NOT_RUN], 0),
        ([Status.PASS, Status.WARN], 1),
        ([Status.WARN, Status.UNKNOWN], 3),
        ([Status.UNKNOWN, Status.FAIL, Status.WARN], 2),
        ([], 0),
    ],
)
def test_the_worst_check_counts(statuses: list[Status], code: int) -> None:
    assert exit_code(finding(status) for status in statuses) == code


def test_the_worst_host_counts_and_an_error_before_its_checks() -> None:
    assert worst_exit_code([FAILED, HostReport("b", (finding(Status.UNKNOWN),))]) == 2
    assert worst_exit_code([FAILED, HostReport("b", error=Unreachable("x"))]) == 69
    assert worst_exit_code([HostReport("a", error=AccessDenied("x")), HostReport("b", error=Unreachable("x"))]) == 77


def test_a_failed_warning_warns() -> None:
    check = Check("w", "c", lambda _: failed("s", cause="c", remedy=by_hand("r")), severity=Severity.WARNING)
    after = Check("x", "c", lambda _: passed("s"), needs=("w",))
    assert [f.status for f in graph.judge(Facts(), [after, check])] == [Status.WARN, Status.PASS]


def test_blocked_names_the_root_and_not_the_link_between() -> None:
    first = Check("root", "c", lambda _: failed("s", cause="c", remedy=by_hand("r")))
    second = Check("mid", "c", lambda _: passed("s"), needs=("root",))
    third = Check("leaf", "c", lambda _: passed("s"), needs=("mid", "unheard-of"))
    assert [f.seen for f in graph.judge(Facts(), [third, second, first])] == [
        "s",
        "because root failed",
        "because root failed",
    ]


def test_the_table_ends_with_what_to_do() -> None:
    shown = text_of(table.show, FAILED)
    assert shown.splitlines()[0] == "gpu1  Debian 13"
    assert "what was [seen]" in shown and "A cause." in shown and "mend it: a remedy" in shown


def test_nothing_to_do_for_what_passes() -> None:
    assert "mend it" not in text_of(table.show, HostReport("h", (finding(Status.PASS), finding(Status.BLOCKED))))


def test_json() -> None:
    told = json.loads(to_json([FAILED, HostReport("h", error=Unreachable("gone", "wait"), changed=0)]))
    assert told["schema"] == 1 and told["exit_code"] == 69
    assert told["hosts"][0]["findings"][0]["status"] == "fail"
    assert told["hosts"][1]["error"] == {"message": "gone", "hint": "wait", "exit_code": 69}


PLAN = Plan(
    (
        Change(
            "Write a file",
            (command("true"),),
            diff=FileDiff("/etc/x", "a\n", "b"),
            packages=(PackageChange("docker-ce"),),
            stops=("web",),
        ),
    ),
    ("Mind this.",),
)


def test_a_plan_shows_diffs_packages_and_what_stops() -> None:
    shown = text_of(plan_view.show, "gpu1", PLAN)
    for part in (
        "gpu1: Mind this.",
        "gpu1: 1 change(s) to make",
        "1. Write a file",
        "-a",
        "+b",
        "\\ No newline at end of file",
        "docker-ce: absent → newest",
        "stops the running containers web",
    ):
        assert part in shown
    assert "nothing needs changing" in text_of(plan_view.show, "gpu1", Plan())


def test_without_a_terminal_each_change_is_one_line_when_it_ends() -> None:
    out = io.StringIO()
    with LiveProgress(Console(file=out, width=120)) as progress:
        watch = progress.watch("gpu1")
        for event in (Began(1, 2, "Write a file"), Said(1, "x"), Progressed(1, 40.0, "Unpacking"), Ended(1, 0, 1.25)):
            watch(event)
        watch(Waited(1, "apt (pid 1)"))
        watch(Ended(1, 9, 2.0))
    assert out.getvalue().splitlines() == [
        "gpu1 1/2 done   1.2 s  Write a file",
        "gpu1 waits for apt (pid 1)",
        "gpu1 1/2 failed   2.0 s  Write a file",
    ]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (ready(), "Debian GNU/Linux 13 (trixie), amd64, 1 × Tesla T4"),
        (fresh(), "Debian GNU/Linux 13 (trixie), amd64, no NVIDIA GPU"),
        (fresh(gpus_on_bus="0:0 1\n"), "Debian GNU/Linux 13 (trixie), amd64, 1 NVIDIA GPU(s) without a driver"),
        (Facts(), ""),
    ],
)
def test_a_host_in_a_few_words(facts: Facts, words: str) -> None:
    assert summary(facts) == words


def test_facts_for_people_and_programs() -> None:
    probes = first_trip_probes()
    told = facts_view.plain(ready().including(Facts({"login": Answer(137)})), probes)
    assert told["daemon"]["engine"]["version"] == [28, 5, 1]
    assert told["login"] == {"unknown": "no answer within 10 s"}
    assert json.loads(json.dumps(told)) == told
    shown = text_of(facts_view.show, "gpu1", ready(), probes)
    assert "kernel_driver  550.163.01" in shown and "codename  trixie" in shown and "activity  -" in shown
