"""Mirrors by name, and the choice among them."""

from __future__ import annotations

import pytest

from provisioning.errors import UsageError
from provisioning.mirrors import DOCKER_MIRRORS, fastest, mirror_probe, parse
from provisioning.settings import settings

ANSWER = (
    "10.00 10.90 https://slow Fri, 02 Jan 2026 03:04:05 UTC\n"
    "10.00 10.20 https://fast Fri, 02 Jan 2026 00:00:00 UTC\n"
    "10.00 10.10 https://stale Mon, 01 Dec 2025 00:00:00 UTC\n"
)


def test_the_fastest_that_is_not_stale() -> None:
    best = fastest(parse(ANSWER))
    assert best and best.base == "https://fast" and round(best.seconds, 2) == 0.2


def test_an_index_without_a_date_is_judged_by_speed_alone() -> None:
    best = fastest(parse(ANSWER + "10.00 10.05 https://undated \n"))
    assert best and best.base == "https://undated"


def test_none_answered() -> None:
    assert fastest(parse("")) is None


def test_each_mirror_is_asked_once() -> None:
    snippet = mirror_probe("m", ["http://a", "http://b", "http://a"], "dists/x/InRelease").snippet
    assert snippet.count("measure ") == 2


@pytest.mark.parametrize(("name", "address"), DOCKER_MIRRORS.items())
def test_presets(name: str, address: str) -> None:
    assert settings(docker_source=name).docker_source == address
    assert settings(toolkit_source="ustc").toolkit_source.startswith("https://mirrors.ustc.edu.cn/")


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="--docker-source") as refused:
        settings(docker_source="alyun")
    assert "aliyun, tuna, ustc, huawei, tencent" in refused.value.hint
