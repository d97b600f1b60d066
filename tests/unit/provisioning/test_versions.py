"""What a person means by a version."""

from __future__ import annotations

import pytest

from provisioning.errors import UsageError
from provisioning.versions import choose, is_older, newest_first, upstream, version_wanted

AVAILABLE = [
    f"5:{number}-1~debian.13~trixie" for number in ("28.1.1", "28.10.0", "28.1.10", "29.0.0", "28.1.2", "27.5.1")
]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [("28", "28.10.0"), ("28.1", "28.1.10"), ("28.1.1", "28.1.1"), ("29", "29.0.0"), ("28.10", "28.10.0")],
)
def test_whole_components_and_the_newest_of_them(wanted: str, chosen: str) -> None:
    assert choose(wanted, AVAILABLE, "--docker-version") == f"5:{chosen}-1~debian.13~trixie"


@pytest.mark.parametrize("wanted", ["30", "28.1.3", "2", "28.1.1.1"])
def test_an_unknown_one_is_refused_with_those_that_exist(wanted: str) -> None:
    with pytest.raises(UsageError, match="no such version") as refused:
        choose(wanted, AVAILABLE, "--docker-version")
    assert "29.0.0, 28.10.0, 28.1.10, 28.1.2, 28.1.1, 27.5.1" in refused.value.hint


@pytest.mark.parametrize("wanted", ["latest", "28.", ".1", "28.1*", "28 1", "v28", "5:28.1.1-1"])
def test_what_is_no_version_is_refused(wanted: str) -> None:
    with pytest.raises(UsageError, match=r"--docker-version .*not a version"):
        version_wanted("--docker-version", wanted)


def test_no_version_is_no_wish() -> None:
    assert version_wanted("--docker-version", "") == ""


def test_versions_compare_as_dpkg_does() -> None:
    assert newest_first(AVAILABLE)[0].startswith("5:29.0.0")
    assert is_older("5:9.0.0-1", "5:28.0.0-1") and is_older("28.0", "5:1.0") and is_older("1.0~rc1", "1.0")
    assert upstream("1.7.28-2~debian.13~trixie") == (1, 7, 28)
