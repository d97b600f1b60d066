"""Which program packs a stream."""

from __future__ import annotations

import pytest

from provisioning.containers.compression import (
    COMPRESSORS,
    GZIP,
    NONE,
    PIGZ,
    ZSTD,
    Compression,
    best,
    for_name,
    of_start,
)
from provisioning.errors import UnsupportedHost

ALL = {"zstd", "pigz", "gzip"}


def test_what_a_host_says() -> None:
    assert COMPRESSORS.parse("zstd\ngzip\n") == {"zstd", "gzip"}
    assert COMPRESSORS.parse("") == frozenset()


@pytest.mark.parametrize(
    ("there", "chosen"), [(ALL, ZSTD), ({"gzip", "pigz"}, PIGZ), ({"gzip"}, GZIP), (set[str](), NONE)]
)
def test_the_best_that_a_host_has(there: set[str], chosen: Compression) -> None:
    assert best(there) == chosen


@pytest.mark.parametrize(
    ("name", "chosen"),
    [("a.tar", NONE), ("a.tar.zst", ZSTD), ("a.tar.gz", PIGZ), ("a.tgz", PIGZ), ("a", ZSTD), ("a.tar.part", ZSTD)],
)
def test_the_ending_of_a_name_chooses(name: str, chosen: Compression) -> None:
    assert for_name(name, ALL, "h") == chosen


def test_an_ending_that_a_host_cannot_make() -> None:
    with pytest.raises(UnsupportedHost, match=r"h: it has no zstd, which a\.tar\.zst asks for"):
        for_name("a.tar.zst", {"gzip"}, "h")
    with pytest.raises(UnsupportedHost, match="it has no gzip"):
        for_name("a.tgz", {"zstd"}, "h")


@pytest.mark.parametrize(
    ("start", "found"),
    [(b"\x28\xb5\x2f\xfd\x04", ZSTD), (b"\x1f\x8b\x08", GZIP), (b"manifest.json\x00", NONE), (b"", NONE)],
)
def test_how_a_file_is_packed_is_seen_in_its_first_bytes(start: bytes, found: Compression) -> None:
    assert of_start(start) == found
