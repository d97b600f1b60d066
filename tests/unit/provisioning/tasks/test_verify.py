"""What the options of `verify` and `explain` mean before any host is looked at."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from provisioning.cli import CommandLine
from provisioning.probe import to_json
from tasks import namespace
from tests.unit.checks.judged_host import HEALTHY
from tests.unit.described_host import fresh


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        CommandLine(namespace=namespace, name="gpudock", binary="gpudock").run(["gpudock", *words])
    return int(ended.value.code or 0)


@pytest.fixture
def saved(tmp_path: Path) -> str:
    file = tmp_path / "facts.json"
    file.write_text(to_json(HEALTHY))
    return str(file)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--only dk.runing", "Did you mean dk.running?"),
        ("--skip nonsense", "--skip: there is no check 'nonsense'"),
        ("--severity bad", "--severity takes critical or warning"),
        ("--format yaml", "--format takes one of tree, table, json, junit, nagios, prometheus, html"),
        ("--format junit --json", "--json and --format junit do not go together"),
        ("--yes", "--yes answers what --fix asks"),
        ("--wait soon", "--wait takes a time such as 90s, 10m or 1h"),
        ("--from a.json --fix", "--from and --fix do not go together"),
        ("--wait 1m --fix", "--wait and --fix do not go together"),
        ("--save a.json --from b.json", "--save and --from do not go together"),
        ("--from /nowhere/facts.json", "No such file"),
        ("--from /dev/zero", "--from /dev/zero: it is no regular file"),
        ("gpu1 --from a.json", "Leave one of them out"),
    ],
)
def test_what_cannot_be_meant_ends_with_64_and_a_sentence(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", *words.split()) == 64
    said = capsys.readouterr()
    assert sentence in said.err and said.out == "" and "Traceback" not in said.err


def test_fixing_without_a_terminal_needs_a_yes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run("verify", "--fix") == 64
    assert "there is no terminal to ask on" in capsys.readouterr().err


def test_saved_facts_end_with_what_the_checks_say(
    saved: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", "--from", saved) == 0
    bare = tmp_path / "bare.json"
    bare.write_text(to_json(fresh()))
    assert run("verify", "--from", saved, "--from", str(bare), "--format", "table") == 2
    assert str(bare) in capsys.readouterr().out


def test_list_judges_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "--list", "--only", "dk.socket") == 0
    page = capsys.readouterr().out
    assert "dk.socket" in page and "1 checks" in page


@pytest.mark.parametrize(("text", "code"), [("No devices were found\n", 0), ("gibberish", 3), (" \n", 64)])
def test_explain_reads_standard_input(
    text: str, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert run("explain") == code
    said = capsys.readouterr()
    assert ("gpu.pci" in said.out) == (code == 0)
    assert ("no text to explain" in said.err) == (code == 64)


def test_explain_takes_a_word_and_knows_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "No devices were found", "--json") == 0
    assert '"known"' in capsys.readouterr().out


def test_a_directory_of_saved_facts_is_judged_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Red when only a file may be named, or the JSON of many hosts is no JSON."""
    assert run("verify", "--from", str(tmp_path)) == 64
    assert "there is no .json file in it" in capsys.readouterr().err
    for number in range(25):
        (tmp_path / f"host{number:02}.json").write_text(to_json(HEALTHY))
    (tmp_path / "notes.txt").write_text("no facts")
    assert run("verify", "--from", str(tmp_path), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["hosts"]) == 25 and told["hosts"][24]["host"].endswith("host24.json")
    (tmp_path / "torn.json").write_text("{")
    assert run("verify", "--from", str(tmp_path)) == 64
    assert "torn.json is not a facts file" in capsys.readouterr().err
