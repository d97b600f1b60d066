"""What an engine needs to take an archive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers import loading
from provisioning.containers.archive import Held
from provisioning.containers.compression import GZIP, NONE, ZSTD, Compression
from provisioning.containers.site import Person
from provisioning.errors import ChangeFailed, UnsupportedHost

HELD = Held("sha256:" + "6d" * 32, "amd64", 2_000_000_000, "5e" * 32, "cuda")


@pytest.mark.parametrize(
    ("compression", "engine", "before"),
    [
        (ZSTD, (26, 1, 5), ()),
        (ZSTD, (23,), ()),
        (ZSTD, (20, 10, 24), ZSTD.unpack),
        (GZIP, (20, 10, 24), ()),
        (NONE, (1, 12), ()),
    ],
)
def test_old_engines_get_zstd_unpacked(
    compression: Compression, engine: tuple[int, ...], before: tuple[str, ...]
) -> None:
    assert loading.unpacking(compression, engine, {"zstd"}, "h") == before


def test_an_old_engine_without_zstd() -> None:
    with pytest.raises(UnsupportedHost, match=r"h: its Docker 20\.10\.24 does not read zstd"):
        loading.unpacking(ZSTD, (20, 10, 24), {"gzip"}, "h")


def test_an_image_for_another_architecture_is_refused() -> None:
    arm = Person("admin", 1000, 1000, "/home/admin", 1 << 30, "aarch64")
    loading.require_architecture((HELD,), replace(arm, arch="x86_64"), "h")
    loading.require_architecture((HELD,), replace(arm, emulates=True), "h")
    with pytest.raises(UnsupportedHost, match="h is aarch64, and cuda is made for amd64"):
        loading.require_architecture((HELD,), arm, "h")


@pytest.mark.parametrize("free", [2_000_000_000, -1])
def test_there_is_room_or_nobody_knows(free: int) -> None:
    loading.require_room((HELD,), free, "h")


@pytest.mark.parametrize("free", [1_999_999_999, 0])
def test_there_is_no_room(free: int) -> None:
    with pytest.raises(ChangeFailed, match=r"h: the engine has .* of room, and the images take 2\.0 GB"):
        loading.require_room((HELD,), free, "h")
