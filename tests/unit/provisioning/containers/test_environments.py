"""Who writes packages down, and who installs them."""

from __future__ import annotations

import pytest

from provisioning.containers.environments import choose, choose_by_file, packages_in
from provisioning.errors import GpudockError, UnsupportedHost, UsageError

BOTH = ("conda", "pip")
FILES = ("environment.yml", "requirements.txt")


@pytest.mark.parametrize(
    ("word", "there", "program"), [("auto", BOTH, "conda"), ("auto", ("pip",), "pip"), ("pip", BOTH, "pip")]
)
def test_who_saves(word: str, there: tuple[str, ...], program: str) -> None:
    assert choose(word, there, "w").program == program


@pytest.mark.parametrize(
    ("word", "there", "kind", "words"),
    [
        ("auto", (), UnsupportedHost, "w has neither conda nor pip"),
        ("conda", ("pip",), UnsupportedHost, "w has no conda"),
        ("poetry", BOTH, UsageError, "--with takes auto, conda, pip"),
    ],
)
def test_who_cannot_save(word: str, there: tuple[str, ...], kind: type[GpudockError], words: str) -> None:
    with pytest.raises(kind, match=words):
        choose(word, there, "w")


@pytest.mark.parametrize(
    ("word", "files", "program"),
    [("auto", FILES, "conda"), ("auto", FILES[1:], "pip"), ("pip", FILES, "pip")],
)
def test_who_restores(word: str, files: tuple[str, ...], program: str) -> None:
    assert choose_by_file(word, BOTH, files, "w").program == program


@pytest.mark.parametrize(
    ("word", "there", "files", "kind", "words"),
    [
        ("auto", BOTH, (), UsageError, "no environment.yml or requirements.txt"),
        ("pip", BOTH, FILES[:1], UsageError, "no requirements.txt"),
        ("auto", ("pip",), FILES[:1], UnsupportedHost, "w has no conda"),
        ("auto", (), (), UnsupportedHost, "neither conda nor pip"),
        ("x", BOTH, FILES, UsageError, "--with takes"),
    ],
)
def test_who_cannot_restore(
    word: str, there: tuple[str, ...], files: tuple[str, ...], kind: type[GpudockError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        choose_by_file(word, there, files, "w")


def test_packages_are_counted() -> None:
    assert packages_in("a==1\nb @ file:///b\nc==2\n") == 2
    assert packages_in("name: base\ndependencies:\n  - python=3.11=h1\n  - pip:\n    - x==1\nprefix: /opt=1\n") == 2
