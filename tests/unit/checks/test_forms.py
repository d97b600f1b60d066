"""One result in each of its forms for programs: JUnit, Nagios, Prometheus, HTML; and the JSON that docs/ describes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from checks.model import Status
from checks.remedy import by_hand
from checks.report import HostReport
from checks.reports.html import to_html
from checks.reports.json_report import checks_to_json, to_json
from checks.reports.junit import to_junit
from checks.reports.nagios import plugin_exit_code, to_nagios
from checks.reports.prometheus import to_prometheus
from tests.unit.checks.critical_faults import FAULTS
from tests.unit.checks.judged_host import DEEP, findings
from tests.unit.checks.reported import BROKEN, CHECKS, EVERYTHING, GONE, HOSTILE, WELL
from tests.unit.described_host import READY, facts

REAL = HostReport("gpu1", tuple(findings(facts({**READY, **DEEP, **FAULTS["ctk.installed"]})).values()))

DOCUMENTED = Path(__file__).parents[3].joinpath("docs/json.md")


def test_junit_counts_what_it_holds() -> None:
    root = Xml.fromstring(to_junit(EVERYTHING))
    assert root.attrib == {"name": "gpudock", "tests": "31", "failures": "1", "errors": "2", "skipped": "3"}
    suite = root.findall("testsuite")[0]
    assert suite.attrib == {"name": "admin@gpu1", "tests": "18", "failures": "1", "errors": "1", "skipped": "3"}


@pytest.mark.parametrize(
    ("check", "outcome", "message"),
    [
        ("dk.running", "failure", "said <b>"),
        ("dk.socket", "skipped", "blocked: because dk.running failed"),
        ("drv.fabric", "skipped", "n/a: no NVSwitch"),
        ("gpu.pcie", "error", "no answer within 20 s"),
        ("drv.held", "system-out", ""),
        ("os.well1", "system-out", ""),
    ],
)
def test_junit_of_each_status(check: str, outcome: str, message: str) -> None:
    [case] = Xml.fromstring(to_junit([BROKEN])).findall(f".//testcase[@name='{check}: Claim of {check}']")
    assert [child.tag for child in case] == [outcome]
    assert case[0].get("message", "").startswith(message)


def test_junit_tells_the_remedy_and_a_warning_passes_with_its_own() -> None:
    text = to_junit([BROKEN])
    assert "mend it: sudo systemctl restart docker (restarts Docker)" in text
    assert "mend it: sudo apt-mark hold x (safe)" in text
    assert "explains: dk.socket, ctr.smoke" in text


@pytest.mark.parametrize(
    ("reports", "code", "word"),
    [
        ([WELL], 0, "OK - 12 pass |"),
        ([BROKEN], 2, "CRITICAL - dk.running fail: said"),
        ([GONE], 3, "UNKNOWN - gpu3 does not <answer>. |"),
        ([GONE, BROKEN], 2, "CRITICAL - gpu3: gpu3 does not"),
        ([], 0, "OK - nothing was judged |"),
    ],
)
def test_nagios_ends_as_plugins_do(reports: list[HostReport], code: int, word: str) -> None:
    assert plugin_exit_code(reports) == code
    assert to_nagios(reports).startswith(f"GPUDOCK {word}")


def test_nagios_has_one_bar_and_numbers_behind_it() -> None:
    first, *others = to_nagios([BROKEN]).splitlines()
    text, bar, numbers = first.partition(" | ")
    assert bar and "|" not in text and "(explains 2 more) - mend it: sudo systemctl restart docker" in text
    assert numbers.split() == [
        *("pass=12;;;0", "warn=1;;;0", "fail=1;;;0", "blocked=2;;;0"),
        *("unknown=1;;;0", "na=1;;;0", "not_run=0;;;0", "errors=0;;;0"),
    ]
    assert [line.split(":")[0] for line in others] == ["drv.held warn", "gpu.pcie unknown"]
    assert all(line.isprintable() and "|" not in line for line in others)


SERIES = re.compile(r'([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\d+)')


def test_prometheus_reads_every_line() -> None:
    text = to_prometheus([*EVERYTHING, HostReport('a"b\\c\nd', WELL.findings)], 1767323045)
    assert text.endswith("\n")
    lines = [line for line in text.split("\n") if line and not line.startswith("# ")]
    assert [line for line in lines if not SERIES.fullmatch(line)] == []
    for line in (
        'gpudock_up{host="gpu3"} 0',
        'gpudock_up{host="admin@gpu1"} 1',
        'gpudock_check_status{host="admin@gpu1",check="dk.running",severity="critical"} 2',
        'gpudock_check_status{host="admin@gpu1",check="drv.held",severity="warning"} 1',
        'gpudock_findings{host="admin@gpu1",status="blocked"} 2',
        'gpudock_exit_code{host="gpu3"} 69',
        'gpudock_up{host="a\\"b\\\\c\\nd"} 1',
        "gpudock_judged_timestamp_seconds 1767323045",
    ):
        assert line in lines


class Page(HTMLParser):
    """The open elements of a page at its end, what it loads from elsewhere, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [f"{tag} {key}" for key, _ in attrs if key in {"src", "href"}] + [tag] * (tag in {"script", "b"})
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("reports", [EVERYTHING, [BROKEN], [WELL], [GONE], []])
def test_html_is_whole_and_loads_nothing(reports: list[HostReport]) -> None:
    """Red when a text of the host is not escaped, or an element stays open."""
    page = Page(to_html(reports, 1767323045))
    assert page.open == [] and page.loads == []
    assert "2026-01-02 03:04:05 UTC" in page.text


def test_html_tells_causes_first_and_the_same_one_once() -> None:
    text = Page(to_html([BROKEN, HostReport("gpu9", BROKEN.findings), GONE], 0)).text
    causes = text[text.index("Root causes") : text.index("Hosts")]
    assert "gpu3 could not be judged" in causes
    assert causes.count("A cause.") == 1 and causes.count("explains dk.socket, ctr.smoke") == 2
    assert causes.index("dk.running") < causes.index("drv.held") < causes.index("gpu.pcie")
    assert HOSTILE.replace("\x00", "\ufffd")[:20] in causes
    assert "sudo systemctl restart docker" in causes and "restarts Docker" in causes
    assert "Nothing to mend" in Page(to_html([WELL], 0)).text


def test_html_tells_a_cause_once_though_its_remedy_names_the_host() -> None:
    """Red when hosts that want the same each have a cause of their own."""
    hosts = [
        HostReport(
            name, tuple(replace(each, remedy=by_hand(f"./gpudock provision {name}")) for each in BROKEN.findings)
        )
        for name in ("gpu1", "gpu2")
    ]
    page = to_html(hosts, 0)
    assert Page(page).text.count("A cause.") == 1
    assert "./gpudock provision gpu1\n./gpudock provision gpu2" in page


def test_many_hosts_are_a_matrix_of_marks_and_few_one_of_words() -> None:
    assert '<table class="many">' in to_html([BROKEN] * 4, 0) and "✖</span></td>" in to_html([BROKEN] * 4, 0)
    assert '<table class="many">' not in to_html([BROKEN] * 3, 0) and "✖ fail</span></td>" in to_html([BROKEN] * 3, 0)


def test_json_begins_with_the_cause() -> None:
    [host] = json.loads(to_json([BROKEN]))["hosts"]
    assert host["findings"][0]["check"] == "dk.running"
    assert host["findings"][0]["commands"] == [["systemctl", "restart", "docker"]]
    assert host["counts"] == {"blocked": 2, "fail": 1, "n/a": 1, "pass": 12, "unknown": 1, "warn": 1}


def documented(title: str) -> dict[str, str]:
    """Return the fields of the table behind `title` in docs/json.md, each with what it holds."""
    table = DOCUMENTED.read_text(encoding="utf-8").partition(f"\n{title}")[2].partition("\n\n|")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\|? `(\w+)` \| (.*) \|$", table, re.MULTILINE))


def values(told: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", told))


@pytest.mark.parametrize("reports", [EVERYTHING, [WELL], [GONE], [BROKEN] * 25, [REAL]])
def test_the_json_is_as_documented(reports: list[HostReport]) -> None:
    """Red when a field comes or goes, or an outcome is called otherwise, and the page is not changed."""
    told = json.loads(to_json(reports))
    report, host, error, finding = map(documented, ("`gpudock verify HOST", "A host:", "An error:", "A finding:"))
    assert told.keys() == report.keys()
    assert {status.value for status in Status} == values(finding["status"])
    for each in told["hosts"]:
        assert each.keys() == host.keys() and isinstance(each["counts"], dict)
        assert each["error"] is None or each["error"].keys() == error.keys()
        for found in each["findings"]:
            assert found.keys() == finding.keys()
            assert found["status"] in values(finding["status"]) and found["risk"] in values(finding["risk"])
            assert found["severity"] in values(finding["severity"])
            assert bool(found["blocked_by"]) == (found["status"] == "blocked")
            assert not found["cause"] or found["status"] in {"warn", "fail"}
            assert all(isinstance(word, str) for command in found["commands"] for word in command)


def test_the_json_of_the_list_is_as_documented() -> None:
    told = json.loads(checks_to_json(CHECKS))
    fields = documented("`gpudock verify --list --json` prints")
    assert {*told, *told["checks"][0]} == {*fields, "schema", "check", "claim", "severity"}
