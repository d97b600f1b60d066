"""Errors of Python in words for people."""

from __future__ import annotations

import json

import pytest

from provisioning.errors import plainly


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file or directory", "/x"), "No such file or directory"),
        (UnicodeDecodeError("ascii", b"\xff", 0, 1, "ordinal not in range(128)"), "it is no text"),
        (json.JSONDecodeError("Expecting value", "\nx", 1), "it is no JSON (Expecting value, line 2)"),
        (ValueError("no PGP public key block in it"), "no PGP public key block in it"),
    ],
)
def test_plainly(error: Exception, words: str) -> None:
    assert plainly(error) == words
