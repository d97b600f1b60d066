"""Which file a backup is written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.errors import UsageError
from provisioning.operations.backup import creating


def test_a_folder_gets_a_file_and_a_file_is_the_file(tmp_path: Path) -> None:
    assert creating._path(tmp_path, "stem") == tmp_path / "stem.tar"
    assert creating._path(tmp_path / "mine.tar", "stem") == tmp_path / "mine.tar"


def test_what_is_not_there_or_there_already_is_refused(tmp_path: Path) -> None:
    """Red when `--to backups` writes a file called `backups` where the folder was not made yet."""
    (tmp_path / "old.tar").touch()
    refused = (("backups", "no such folder"), ("old.tar", "there already"), ("gone/mine.tar", "no folder of this"))
    for name, words in refused:
        with pytest.raises(UsageError, match=words):
            creating._path(tmp_path / name, "stem")
