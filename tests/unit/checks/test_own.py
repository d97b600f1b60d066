"""Checks of one's own: found in a directory, asked and judged with gpudock's, refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import graph
from checks.own import load
from checks.recording import recorded
from provisioning.errors import UsageError
from provisioning.probe import Answer, Facts, to_json
from tests.unit.checks.judged_host import HEALTHY
from tests.unit.provisioning.tasks.test_verify import run

SCRATCH = """
from checks.catalog.engine import RUNNING
from checks.model import Check, failed, passed
from checks.remedy import by_hand
from provisioning.probe import Probe
from provisioning.probes.machine import MACHINE

SCRATCH = Probe("site_scratch", "[ -d /scratch ] && echo there || echo absent", str.strip)


def judge(facts):
    if facts[SCRATCH] == "there":
        return passed("/scratch is there")
    return failed("no /scratch", cause="Jobs need it.", remedy=by_hand("Make it"))


CHECK = Check("site.scratch", "There is a /scratch", judge, needs=("conn.ssh",))
"""


def directory(place: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (place / f"{name}.py").write_text(text)
    return place


def test_declarations_are_found_and_gpudocks_own_are_not_taken_for_them(tmp_path: Path) -> None:
    """Red when what a module imports counts as its own, or tests are imported."""
    own = load(directory(tmp_path, site=SCRATCH, test_site="raise RuntimeError", conftest="raise RuntimeError"))
    assert [check.id for check in own.checks] == ["site.scratch"]
    assert [probe.name for probe in own.probes] == ["site_scratch"]


def test_modules_share_what_they_declare(tmp_path: Path) -> None:
    more = (
        "from checks.model import Check, passed\n"
        "from .site import SCRATCH\n"
        "MORE = Check('site.more', 'x', lambda facts: passed(facts[SCRATCH]), needs=('site.scratch',))"
    )
    own = load(directory(tmp_path, site=SCRATCH, more=more))
    assert {check.id for check in own.checks} == {"site.scratch", "site.more"} and len(own.probes) == 1


def test_another_directory_is_read_anew(tmp_path: Path) -> None:
    """Red when a module of the same name is taken from the directory before."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        own = load(directory(tmp_path / name, site=SCRATCH.replace("site.scratch", f"site.{name}")))
        assert [check.id for check in own.checks] == [f"site.{name}"]


def test_they_are_judged_and_saved_with_the_others(tmp_path: Path) -> None:
    own = load(directory(tmp_path, site=SCRATCH))
    told = HEALTHY.including(Facts({"site_scratch": Answer(0, "absent\n")}))
    findings = {each.check: each for each in graph.judge(told, [*graph.all_checks(), *own.checks])}
    assert findings["site.scratch"].status.value == "fail" and len(findings) == len(graph.all_checks()) + 1
    assert recorded(told, "admin@gpu1", own.probes).answers["site_scratch"].output == "absent\n"
    assert "site_scratch" not in recorded(told, "admin@gpu1").answers


CHECK = "from checks.model import Check, passed\nCHECK = Check({!r}, 'x', lambda facts: passed('x'), needs={!r})"
PROBE = "from provisioning.probe import Probe\nPROBE = Probe({!r}, 'true', str, starts_containers={!r})"


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("import nowhere_to_be_found", "a.py cannot be imported: ModuleNotFoundError: No module named"),
        ("def broken(:", "a.py cannot be imported: SyntaxError"),
        ("1 / 0", "a.py cannot be imported: ZeroDivisionError"),
        ("from checks.model import Check\nCHECK = Check('a.b')", "a.py cannot be imported: TypeError"),
        (CHECK.format("dk.running", ()), "there is a check 'dk.running' already"),
        (CHECK.format("my.own", ("my.other",)), "my.own needs 'my.other', and there is no such check"),
        (CHECK.format("my.own", ("my.own",)), "these need each other: my.own"),
        (CHECK.format("My own", ()), "'My own' is no id"),
        (PROBE.format("login", False), "there is a probe 'login' already"),
        (PROBE.format("rm -rf", False), "'rm -rf' is no name of a probe"),
        (PROBE.format("mine", True), "probe mine starts containers"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, module: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        load(directory(tmp_path, a=module))
    assert sentence in str(refused.value) and str(tmp_path) in str(refused.value)


def test_the_same_id_twice_in_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is a check 'my\.own' already"):
        load(directory(tmp_path, a=CHECK.format("my.own", ()), b=CHECK.format("my.own", ())))


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_directory_without_checks_ends_with_64(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run("verify", "--checks", str(tmp_path / name)) == 64
    said = capsys.readouterr().err
    assert "there is no" in said and name in said and "Traceback" not in said


def test_the_command_line_judges_them_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, saved = directory(tmp_path, site=SCRATCH), tmp_path / "facts.json"
    saved.write_text(to_json(HEALTHY.including(Facts({"site_scratch": Answer(0, "absent\n")}))))
    assert run("verify", "--from", str(saved), "--checks", str(own)) == 2
    assert "site.scratch  There is a /scratch" in capsys.readouterr().out
    assert run("verify", "--list", "--checks", str(own), "--only", "site") == 0
    assert "site.scratch" in capsys.readouterr().out
