"""Every check on a healthy host, on a host that is broken in one way, and what that blocks."""

from __future__ import annotations

import pytest

from checks import graph
from checks.catalog.containers import CUDA, HELLO, deep_probes
from checks.cuda_image import candidates
from checks.model import Status, exit_code
from provisioning.probe import Answer, Facts
from tests.unit.checks.judged_host import DEEP, HEALTHY, findings, statuses
from tests.unit.described.containers import IMAGE
from tests.unit.described_host import (
    GPU,
    READY,
    UUID,
    facts,
    fresh,
    ready,
)


def test_a_healthy_host_passes_everything() -> None:
    assert set(statuses(HEALTHY).values()) == {"pass", "n/a"}
    assert exit_code(findings(HEALTHY).values()) == 0


def test_without_a_gpu_its_checks_are_not_applicable() -> None:
    told = statuses(facts({**READY, **DEEP, "gpus_on_bus": "", "kernel_driver": "", "gpus": "missing\n"}))
    assert {told[check.id] for check in graph.all_checks() if check.gpu} == {"n/a"}
    assert told["ctr.hello"] == "pass"


@pytest.mark.parametrize(("probe", "check"), [("gpus", "smi.answers"), ("units", "dk.running"), ("login", "dk.socket")])
def test_what_could_not_be_measured_is_unknown_and_blocks_nothing(probe: str, check: str) -> None:
    told = findings(HEALTHY.including(Facts({probe: Answer(137)})))
    assert told[check].status is Status.UNKNOWN
    assert probe in told[check].seen
    assert Status.BLOCKED not in {finding.status for finding in told.values()}
    assert exit_code(told.values()) == 3


def test_without_root_the_daemons_version_is_not_asked() -> None:
    login = READY["login"].replace("reader 0", "reader 1000")
    told = findings(ready(login=login, daemon="silent permission denied\n"))
    assert told["dk.running"].status is Status.PASS


def test_a_tag_that_is_gone_leads_to_the_next_and_is_told() -> None:
    older = "nvidia/cuda:12.2.2-base-ubuntu22.04"
    answer = f"gone {IMAGE}\nrun 0 {older}\nGPU 0: Tesla T4 (UUID: {UUID})\n"
    seen = findings(facts({**READY, **DEEP, "cuda_container": answer}))["ctr.smoke"].seen
    assert older in seen and f"{IMAGE} is no longer to be had" in seen


def test_containers_not_started_are_not_run() -> None:
    assert statuses(ready())["ctr.hello"] == "not run"
    assert exit_code(findings(ready()).values()) == 0


@pytest.mark.parametrize(
    ("cuda", "first", "how_many"),
    [
        ((13, 1), "13.0.1-base-ubuntu24.04", 6),
        ((13, 0), "13.0.1-base-ubuntu24.04", 6),
        ((12, 9), "12.8.1-base-ubuntu24.04", 5),
        ((12, 7), "12.6.3-base-ubuntu24.04", 4),
        ((12, 4), "12.4.1-base-ubuntu22.04", 3),
        ((12, 2), "12.2.2-base-ubuntu22.04", 2),
        ((12, 1), "11.8.0-base-ubuntu22.04", 1),
        ((11, 4), "11.8.0-base-ubuntu22.04", 1),
    ],
)
def test_the_image_follows_the_drivers_cuda(cuda: tuple[int, ...], first: str, how_many: int) -> None:
    images = candidates(cuda)
    assert images[0] == f"nvidia/cuda:{first}" and len(images) == how_many


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (ready(), ["hello_world", "host_image", "cuda_container", "cdi_container"]),
        (fresh(), ["hello_world", "host_image"]),
        (fresh(gpus_on_bus=GPU["gpus_on_bus"]), ["hello_world", "host_image"]),
        (ready().including(Facts({"gpus": Answer(137)})), ["hello_world", "host_image"]),
    ],
)
def test_which_containers_are_started(told: Facts, names: list[str]) -> None:
    assert [probe.name for probe in deep_probes(told, "")] == names


def test_a_chosen_image_is_the_only_one_tried() -> None:
    snippet = deep_probes(ready(), "my/cuda:1")[2].snippet
    assert "for image in my/cuda:1; do" in snippet and "nvidia/cuda" not in snippet
    assert HELLO.starts_containers and CUDA.starts_containers
