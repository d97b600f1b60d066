"""Who has a GPU, and that nobody gets one that is taken."""

from __future__ import annotations

import pytest

from provisioning.containers.existing import Container, parse
from provisioning.containers.occupancy import App, Site, require_free
from provisioning.containers.occupancy import parse as parse_apps
from provisioning.errors import Locked
from tests.unit.provisioning.containers.engine_words import CDI, EVERY, inspected

UUIDS = ("GPU-a", "GPU-b", "GPU-c")
OURS = {"gpudock.kind": "train"}


def holding(*names: str, status: str = "running", labels: dict[str, str] | None = None) -> Container:
    device = {**CDI, "DeviceIDs": [f"nvidia.com/gpu={name}" for name in names]}
    return parse(inspected("run1", status=status, requests=[device], labels=OURS if labels is None else labels))[0]


@pytest.mark.parametrize(
    ("container", "taken"),
    [
        (holding("GPU-b"), {"GPU-b"}),
        (holding("1"), {"GPU-b"}),
        (holding("all"), set(UUIDS)),
        (parse(inspected(requests=[{**EVERY, "Count": 1}], labels=OURS))[0], set(UUIDS)),
        (holding("GPU-b", status="paused"), {"GPU-b"}),
        (holding("GPU-b", status="exited"), set()),
        (holding("GPU-b", status="created"), set()),
        (holding("GPU-b", labels={}), set()),
        (parse(inspected(labels=OURS))[0], set()),
    ],
)
def test_what_a_container_takes(container: Container, taken: set[str]) -> None:
    site = Site(UUIDS, (container,))
    assert {uuid for uuid in UUIDS if any(site.holders(uuid))} == taken


def test_a_taken_gpu_is_refused_with_its_holder_and_the_free_ones() -> None:
    site = Site(UUIDS, (holding("GPU-b"),), (App("GPU-a", 77, "python", "512 MiB"),))
    require_free(("GPU-c",), site, "gpu1")
    require_free((), site, "gpu1")
    with pytest.raises(Locked) as refusal:
        require_free(("GPU-a", "GPU-b", "GPU-c"), site, "gpu1")
    assert refusal.value.message.splitlines()[1:] == [
        "  GPU 0: python, process 77, 512 MiB",
        "  GPU 1: container run1 (train)",
    ]
    assert refusal.value.hint.startswith("Free: --gpus 2. --share")


def test_where_none_is_free() -> None:
    with pytest.raises(Locked) as refusal:
        require_free(("GPU-a",), Site(UUIDS, (holding("all"),)), "gpu1")
    assert refusal.value.hint.startswith("No GPU is free. ")


def test_processes_as_the_driver_lists_them() -> None:
    said = "GPU-a, 77, /usr/bin/python, with a comma, 512 MiB\nGPU-b, 8, [Not Found], [N/A]\nNo running processes\n"
    assert parse_apps(said) == (
        App("GPU-a", 77, "/usr/bin/python, with a comma", "512 MiB"),
        App("GPU-b", 8, "[Not Found]", "[N/A]"),
    )
    assert parse_apps("") == ()
