"""Reports on the terminal, on standard output and in files; and facts judged from files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from checks.choosing import choose
from checks.graph import all_checks
from checks.model import Status
from checks.report import HostReport
from provisioning.errors import UsageError
from provisioning.hosts import parse_hosts
from provisioning.operations.presenting import FORMATS, Form, list_checks, present, replace_file
from provisioning.operations.verifying import Question, strictly, verify_hosts, verify_saved
from provisioning.probe import to_json
from provisioning.runners.model import Access
from provisioning.tasks.targets import Targets
from tests.unit.checks.judged_host import HEALTHY
from tests.unit.checks.reported import BROKEN, CHECKS, EVERYTHING, WELL

HERE = Targets((), Access())
EVERY_CHECK = Question(choose(all_checks()))


def printed(capsys: pytest.CaptureFixture[str], form: Form, *reports: HostReport) -> str:
    present(form, reports)
    return capsys.readouterr().out


def test_the_tree_begins_with_the_cause_and_what_it_explains(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, Form(), BROKEN).splitlines()
    assert lines[0] == "admin@gpu1  Debian 13, 1 × Tesla T4"
    assert lines[1].startswith("✖ fail    dk.running  Claim of dk.running")
    assert lines[4].strip() == "│ mend it: sudo systemctl restart docker  (restarts Docker)"
    assert lines[5] == "└── explains 2 blocked: dk.socket, ctr.smoke"
    assert lines[6].startswith("▲ warn    drv.held")
    assert lines[-2] == "? unknown gpu.pcie  Claim of gpu.pcie  no answer within 20 s"
    assert lines[-1] == "12 pass, 1 n/a"


@pytest.mark.parametrize("name", ["tree", "table"])
def test_what_is_counted_stands_beside_what_is_listed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    came_for = tuple(replace(each, headline=each.check == "os.well3") for each in BROKEN.findings)
    page = printed(capsys, Form(name), replace(BROKEN, findings=came_for))
    assert "Claim of os.well3" in page and "11 more pass, 1 n/a" in page


def test_the_tree_with_everything_has_a_line_for_each_check(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, Form(everything=True), BROKEN)
    assert "├── ◌ blocked dk.socket" in page and "└── ◌ blocked ctr.smoke" in page
    assert all(check.id in page for check in CHECKS)


def test_the_table_counts_what_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, Form("table"), BROKEN)
    assert "12 pass, 1 n/a" in page and "os.well" not in page and "Claim of os.well1" not in page
    assert page.count("mend it:") == 2
    assert "Claim of os.well1" in printed(capsys, Form("table", everything=True), BROKEN)
    assert "Claim of os.well1" in printed(capsys, Form("table"), WELL)


@pytest.mark.parametrize("name", ["tree", "table"])
@pytest.mark.parametrize("everything", [False, True])
def test_ascii_is_ascii_and_a_hosts_escapes_reach_no_terminal(
    capsys: pytest.CaptureFixture[str], name: str, everything: bool
) -> None:
    page = printed(capsys, Form(name, everything=everything, ascii_only=True), BROKEN)
    assert page.isascii() and "x fail" in page and "! warn" in page
    assert "\x1b" not in page and "\x00" not in page


@pytest.mark.parametrize("name", FORMATS)
def test_every_form_goes_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    file = tmp_path / "report"
    code = present(Form(name, output=file), EVERYTHING)
    assert code == (2 if name == "nagios" else 69)
    assert "gpu1" in file.read_text(encoding="utf-8") or name == "nagios"
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when the text is written into the file itself: a collector would read half of it."""
    file = tmp_path / "gpudock.prom"
    file.write_text("old")
    seen: list[str] = []
    monkeypatch.setattr("os.fsync", lambda _: seen.append(file.read_text()))
    replace_file(file, "new")
    assert seen == ["old"] and file.read_text() == "new"


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--output .*: No such file or directory\."):
        replace_file(tmp_path / "nowhere" / "x", "text")


def test_strictly_a_warning_fails() -> None:
    [report] = strictly([BROKEN])
    assert {each.check for each in report.findings if each.status is Status.FAIL} == {"dk.running", "drv.held"}


def test_the_list_of_checks(capsys: pytest.CaptureFixture[str]) -> None:
    list_checks(Form(), CHECKS)
    page = capsys.readouterr().out
    assert "drv.held" in page and "warning" in page and "Claim of dk.socket" in page and f"{len(CHECKS)} checks" in page
    list_checks(Form("json"), CHECKS)
    assert json.loads(capsys.readouterr().out)["checks"][1]["needs"] == ["dk.running"]


def test_saved_facts_are_judged_without_the_host(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(to_json(HEALTHY))
    [report, again] = verify_saved(HERE, EVERY_CHECK, [file, file])
    assert report == again and report.host == str(file)
    assert not {each.status for each in report.findings} & {Status.FAIL, Status.WARN, Status.UNKNOWN}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (to_json(HEALTHY)[:500], "is not a facts file, or was cut off"),
        ("", "is not a facts file"),
        ("[1, 2]", "is not a facts file"),
        ('{"hosts": []}', "is not a facts file"),
        (to_json(HEALTHY).replace('"schema": 1', '"schema": 9'), "schema 9"),
    ],
)
def test_a_file_that_holds_no_facts_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=sentence) as refused:
        verify_saved(HERE, EVERY_CHECK, [file])
    assert str(file) in refused.value.message and "\n" not in refused.value.message


def test_hosts_and_files_do_not_go_together(tmp_path: Path) -> None:
    two = Targets(parse_hosts("gpu1,gpu2"), Access())
    with pytest.raises(UsageError, match="--from judges saved facts"):
        verify_saved(two, EVERY_CHECK, [tmp_path])
    with pytest.raises(UsageError, match="--save takes the facts of one host"):
        verify_hosts(two, EVERY_CHECK, tmp_path / "facts.json")
