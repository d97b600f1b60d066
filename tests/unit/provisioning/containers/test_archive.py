"""The file beside an archive: written and read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.containers.archive import Checksum, Held, file_name, held, is_same, parse, render, require_match
from provisioning.containers.images import Image
from provisioning.errors import UsageError

SUM = "b1" * 32
HELD = Held("sha256:" + "6d" * 32, "amd64", 2026576, "5e" * 32, "nvidia/cuda:12.2.2-base-ubuntu22.04")


def test_as_sha256sum_reads_it() -> None:
    text = render(Checksum(SUM, (HELD,)), "cuda.tar.zst")
    assert text == f"{SUM}  cuda.tar.zst\n# image {HELD.id} amd64 2026576 {HELD.layers} {HELD.name}\n"


@given(st.integers(min_value=0, max_value=3))
def test_what_is_written_is_read(count: int) -> None:
    checksum = Checksum(SUM, (HELD,) * count)
    assert parse(render(checksum, "a b.tar"), "f") == checksum


def test_a_list_by_sha256sum_is_read() -> None:
    assert parse(f"{SUM} *a.tar\n", "f") == Checksum(SUM)


@pytest.mark.parametrize("text", ["", "\n", f"{SUM[:-1]}  a\n", f"{SUM}", f"{SUM}  a\n# image sha256:6d\n"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^f is no list of checksums"):
        parse(text, "f")


def test_what_was_saved_matches() -> None:
    require_match(Checksum(SUM), SUM, "f")
    with pytest.raises(UsageError, match="f is not what was saved"):
        require_match(Checksum(SUM), "00" * 32, "f")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("nvidia/cuda:12.2", "nvidia_cuda_12.2.tar.gz"),
        ("a@sha256:00", "a_sha256_00.tar.gz"),
        ("../../x", "x.tar.gz"),
    ],
)
def test_an_archive_is_called_after_what_is_in_it(name: str, called: str) -> None:
    assert file_name(name, ".tar.gz") == called


def test_an_image_is_known_by_its_id_or_by_its_layers() -> None:
    image = Image("sha256:" + "6d" * 32, "amd64", size=7, layers=("sha256:00", "sha256:01"))
    saved = held("cuda", image)
    assert (saved.id, saved.architecture, saved.size, saved.name) == (image.id, "amd64", 7, "cuda")
    assert is_same(saved, image)
    assert is_same(saved, replace(image, id="sha256:" + "00" * 32))
    assert not is_same(saved, replace(image, id="sha256:" + "00" * 32, layers=("sha256:00",)))
    assert not is_same(saved, None)
