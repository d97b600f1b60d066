"""The containers of an engine, read from what it says of them."""

from __future__ import annotations

import pytest

from provisioning.containers.existing import ALL, Published, named, parse
from provisioning.errors import UsageError
from tests.unit.provisioning.containers.engine_words import CDI, EVERY, PORTS, inspected


def test_a_container() -> None:
    [one] = parse(inspected(requests=[CDI], ports=PORTS, labels={"gpudock.kind": "train"}))
    assert (one.name, one.image, one.state, one.kind) == ("yy", "hello-world", "running", "train")
    assert one.started == "2026-11-20T13:40:48.167611896Z"
    assert one.finished == ""
    assert one.ports == (
        Published("80/tcp", "0.0.0.0", 8081),
        Published("80/tcp", "::", 8081),
        Published("81/tcp", "127.0.0.1", 32768),
    )


@pytest.mark.parametrize(
    ("requests", "gpus", "count"),
    [
        (None, set(), 0),
        ([CDI], {ALL}, 0),
        ([EVERY], {ALL}, 0),
        ([{**EVERY, "Count": 0, "DeviceIDs": ["GPU-1", "0"]}], {"GPU-1", "0"}, 0),
        ([{**CDI, "DeviceIDs": ["nvidia.com/gpu=GPU-1", "vendor.com/net=0"]}], {"GPU-1"}, 0),
        ([{**EVERY, "Count": 2}], set(), 2),
    ],
)
def test_the_gpus_that_it_has(requests: list[dict[str, object]] | None, gpus: set[str], count: int) -> None:
    [one] = parse(inspected(requests=requests))
    assert (set(one.gpus), one.gpu_count) == (gpus, count)


def test_the_youngest_first_and_none_at_all() -> None:
    text = "\n".join(inspected(name, created=f"2026-11-{day}") for name, day in (("old", 19), ("new", 20)))
    assert [one.name for one in parse(text)] == ["new", "old"]
    assert parse("") == ()


@pytest.mark.parametrize(
    ("state", "lives"),
    [("running", True), ("paused", True), ("restarting", True), ("created", False), ("exited", False)],
)
def test_which_live(state: str, lives: bool) -> None:
    assert parse(inspected(status=state))[0].lives is lives


def test_a_name_or_the_beginning_of_an_id() -> None:
    containers = parse(inspected())
    assert named(containers, "yy", "gpu1") == named(containers, "yy0be1", "gpu1") == containers[0]
    with pytest.raises(UsageError, match="gpu1: there is no container 'yy0'") as refusal:
        named(containers, "yy0", "gpu1")
    assert refusal.value.hint == "It has: yy."
    with pytest.raises(UsageError) as refusal:
        named((), "x", "gpu1")
    assert refusal.value.hint == "It has: none at all."
