"""All images of an engine, and those that nothing needs."""

from __future__ import annotations

import json

from provisioning.containers.inventory import Listed, parse_images, parse_users, unneeded


def row(id_: str, created: str, *tags: str) -> str:
    return json.dumps({"Id": id_, "RepoTags": tags, "Size": 7, "Created": created, "Architecture": "amd64"})


def test_the_newest_comes_first() -> None:
    text = f"{row('sha256:a', '2024-01-01T00:00:00Z', 'a:1', 'a:2')}\n\n{row('sha256:b', '2026-01-01T00:00:00Z')}\n"
    assert parse_images(text) == (
        Listed("sha256:b", (), 7, "2026-01-01T00:00:00Z", "amd64"),
        Listed("sha256:a", ("a:1", "a:2"), 7, "2024-01-01T00:00:00Z", "amd64"),
    )
    assert parse_images("") == ()


def test_who_has_an_image() -> None:
    assert parse_users("sha256:a /one\nsha256:a /two\nsha256:b /three\n") == {
        "sha256:a": ("one", "two"),
        "sha256:b": ("three",),
    }


def test_what_nothing_needs() -> None:
    used, named, bare = (
        Listed(f"sha256:{i}", tags, 1, "", "amd64") for i, tags in zip("abc", ((), ("b:1",), ()), strict=True)
    )
    users = {used.id: ("one",)}
    assert unneeded((used, named, bare), users, every=False) == (bare,)
    assert unneeded((used, named, bare), users, every=True) == (named, bare)
    assert (named.words, bare.words) == (("b:1",), ("sha256:c",))
