"""Sizes and speeds in words."""

from __future__ import annotations

import pytest

from provisioning.containers.sizes import megabytes, speed


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_026_576, "2.0 MB"), (3 * 10**9, "3.0 GB")]
)
def test_a_size(size: int, words: str) -> None:
    assert megabytes(size) == words


def test_a_speed() -> None:
    assert speed(100_000_000, 2) == "50 MB/s"
    assert speed(1000, 0) == "1 MB/s"
