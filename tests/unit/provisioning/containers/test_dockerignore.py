"""The examples of Docker's documentation of .dockerignore, and what they leave open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.containers.dockerignore import read


@pytest.mark.parametrize(
    ("rules", "path", "excluded"),
    [
        ("*/temp*", "somedir/temporary.txt", True),
        ("*/temp*", "somedir/temp", True),
        ("*/temp*", "a/b/temp", False),
        ("*/*/temp*", "somedir/subdir/temporary.txt", True),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("**/*.go", "a.go", True),
        ("**/*.go", "a/b/c.go", True),
        ("**", "a/b", True),
        ("a/**", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/x/y/c", True),
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("data", "data/deep/file", True),
        ("data\n!data/keep", "data/keep", False),
        ("/data/", "data/x", True),
        ("./data", "data", True),
        ("data", "x/data", False),
        ("# data", "# data", False),
        ("  data  ", "data", True),
        ("! data", "data", False),
        ("[a-c].txt", "b.txt", True),
        ("[^a-c].txt", "b.txt", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("a.b", "aXb", False),
        ("", "a", False),
        ("\n!\n", "a", False),
    ],
)
def test_what_stays_behind(rules: str, path: str, excluded: bool) -> None:
    assert read(rules).excludes(path) is excluded


def test_the_dockerfile_is_sent_whatever_the_rules_say() -> None:
    ignored = read("*", frozenset({"docker/Dockerfile"}))
    assert not ignored.excludes("docker/Dockerfile")
    assert not ignored.closes("docker")
    assert ignored.closes("data")


def test_a_folder_is_looked_into_where_a_rule_may_bring_something_back() -> None:
    assert read("data").closes("data")
    assert not read("data\n!data/keep").closes("data")
    assert not read("other").closes("data")


def test_a_line_that_is_no_pattern() -> None:
    with pytest.raises(ValueError, match=r"\[z-a\]"):
        read("ok\n[z-a]")


@given(st.lists(st.text("ab*?!/.", max_size=6), max_size=4), st.lists(st.sampled_from("ab"), min_size=1, max_size=4))
def test_any_rules_have_an_answer_and_a_folder_takes_its_content_along(lines: list[str], parts: list[str]) -> None:
    ignored = read("\n".join(lines))
    path = "/".join(parts)
    if ignored.closes(path):
        assert ignored.excludes(f"{path}/x")
