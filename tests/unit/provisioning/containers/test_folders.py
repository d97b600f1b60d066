"""Folders of a host: what was found, and what it says to the person who named one."""

from __future__ import annotations

import pytest

from provisioning.containers.folders import Place, folders_probe, require_folder
from provisioning.errors import UsageError
from provisioning.probe import Answer, Facts

SAID = "folder rw 7 /home/ann/a b\nnone - 7 /gone\nfile r 7 /etc/hosts\nfolder - 7 /root\nother rw 0 /dev/null\n"
ASKED = ("a b", "/gone", "/etc/hosts", "/root", "/dev/null")
PROBE = folders_probe(ASKED)
FACTS = Facts({"folders": Answer(0, SAID)})


def test_a_folder_by_the_text_that_was_asked() -> None:
    assert require_folder(FACTS, PROBE, "a b", "--dir", "gpu1") == Place("/home/ann/a b", "folder", True, True, 7)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("/gone", "--dir /gone: there is no such folder"),
        ("/etc/hosts", "--dir /etc/hosts is no folder"),
        ("/dev/null", "--dir /dev/null is no folder"),
        ("/root", "--dir /root is closed to you"),
    ],
)
def test_what_is_no_folder_of_ours(asked: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        require_folder(FACTS, PROBE, asked, "--dir", "gpu1")


def test_paths_are_words_of_the_script() -> None:
    assert "look '$(reboot)'" in folders_probe(("$(reboot)",)).snippet


def test_half_an_answer_is_none() -> None:
    with pytest.raises(ValueError, match="shorter"):
        folders_probe(("a", "b")).parse("none - 0 /a\n")


def test_a_path_of_two_lines_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(UsageError, match="line break"):
        folders_probe(("a", "new\nline"))
