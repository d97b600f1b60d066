"""The words of `--volumes`, and the list of a folder's backups."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.containers.backup.manifest import render
from provisioning.errors import UsageError
from provisioning.operations.backup import showing
from provisioning.operations.backup.writing import backup_file
from provisioning.tasks.backup import names
from tests.unit.provisioning.containers.backup.a_backup import MANIFEST


@pytest.mark.parametrize(
    ("text", "words"), [("all", ("all",)), ("none", ("none",)), ("a, /b c", ("a", "/b c")), ("home", ("home",))]
)
def test_words_of_volumes(text: str, words: tuple[str, ...]) -> None:
    assert names(text) == words


@pytest.mark.parametrize("text", ["a,", ",", "all,a", "a,none"])
def test_words_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(UsageError, match="--volumes takes all, none, or names"):
        names(text)


def write(path: Path, at: str) -> None:
    with backup_file(path) as file:
        parts = (file.add("image.tar", [b"x"]),)
        file.finish(render(replace(MANIFEST, parts=parts, origin=replace(MANIFEST.origin, at=at))))


def test_a_folder_oldest_first_with_what_is_broken_and_unfinished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.tar", "2026-11-21T00:00:00Z")
    write(tmp_path / "b.tar", "2026-11-20T00:00:00Z")
    (tmp_path / "cut.tar").write_bytes((tmp_path / "a.tar").read_bytes()[:-1])
    (tmp_path / "c.tar.part").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("notes")
    showing.show_list(tmp_path, as_json=False)
    told = capsys.readouterr()
    assert told.err == "cut.tar: cut off or changed; nothing can be made of it\n"
    assert told.out.splitlines() == [
        "b.tar: lab of gpu1, 2026-11-20T00:00:00Z, 1 B, from jupyter",
        "a.tar: lab of gpu1, 2026-11-21T00:00:00Z, 1 B, from jupyter",
        "c.tar.part: not finished; somebody saves to it now, or was cut off",
    ]


def test_a_list_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.tar", "2026-11-21T00:00:00Z")
    (tmp_path / "cut.tar").write_bytes((tmp_path / "a.tar").read_bytes()[:-1])
    showing.show_list(tmp_path, as_json=True)
    [row] = json.loads(capsys.readouterr().out)
    assert (row["file"], row["manifest"]["spec"]["name"]) == (str(tmp_path / "a.tar"), "lab")


def test_an_empty_folder_and_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    showing.show_list(tmp_path, as_json=False)
    assert capsys.readouterr().out == f"There is no backup in {tmp_path}.\n"
    with pytest.raises(UsageError, match="is no folder"):
        showing.show_list(tmp_path / "nowhere", as_json=False)
