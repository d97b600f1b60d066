"""Every check on a healthy host, on a host that is broken in one way, and what that blocks."""

from __future__ import annotations

import pytest

from checks import graph
from checks.catalog.containers import CUDA, HELLO, deep_probes
from checks.cuda_image import candidates
from checks.model import Finding, Status, exit_code
from provisioning.probe import Answer, Facts
from tests.unit.described_host import (
    FRESH,
    GPU,
    INFO,
    READY,
    STARTED_EPOCH,
    TOOLKIT,
    UBUNTU,
    UUID,
    facts,
    fresh,
    ready,
    units,
)

IMAGE = "nvidia/cuda:12.4.1-base-ubuntu22.04"
DEEP = {
    "hello_world": "run 0 hello-world\n\nHello from Docker!\nThis message shows\n",
    "cuda_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: {UUID})\n",
}


def findings(told: Facts) -> dict[str, Finding]:
    return {finding.check: finding for finding in graph.judge(told, graph.all_checks())}


def statuses(told: Facts) -> dict[str, str]:
    return {name: finding.status.value for name, finding in findings(told).items()}


HEALTHY = facts({**READY, **DEEP})


def test_a_healthy_host_passes_everything() -> None:
    assert set(statuses(HEALTHY).values()) == {"pass"}
    assert exit_code(findings(HEALTHY).values()) == 0


def test_without_a_gpu_its_checks_are_not_applicable() -> None:
    told = statuses(facts({**READY, **DEEP, "gpus_on_bus": "", "kernel_driver": "", "gpus": "missing\n"}))
    assert {name for name, status in told.items() if status == "n/a"} == {
        "drv.answers",
        "ctk.version",
        "ctk.registered",
        "ctr.gpu",
    }
    assert told["ctr.hello"] == "pass"


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy", "blocked"),
    [
        (
            {"units": units("failed"), "daemon": "silent no\n"},
            "dk.running",
            "journalctl -u docker",
            "systemctl reset-failed docker",
            {"dk.socket", "ctk.registered", "ctr.hello", "ctr.gpu"},
        ),
        (
            {"units": FRESH["units"], "daemon": "missing\n"},
            "dk.running",
            "not installed",
            "gpudock provision",
            {"dk.socket", "ctk.registered", "ctr.hello", "ctr.gpu"},
        ),
        (
            {"daemon": "silent Cannot connect\n"},
            "dk.running",
            "does not answer",
            "restart docker",
            {"dk.socket", "ctk.registered", "ctr.hello", "ctr.gpu"},
        ),
        (
            {"login": READY["login"].replace(",990(docker)", "").replace(":admin", ":")},
            "dk.socket",
            "not in group docker",
            "gpasswd --add admin docker",
            {"ctr.hello", "ctr.gpu"},
        ),
        (
            {"login": READY["login"].replace(",990(docker)", "")},
            "dk.socket",
            "take effect at login",
            "Log out",
            {"ctr.hello", "ctr.gpu"},
        ),
        (
            {"login": READY["login"].replace("socket 990 660", "socket ")},
            "dk.socket",
            "socket is gone",
            "docker.socket",
            {"ctr.hello", "ctr.gpu"},
        ),
        (
            {"kernel_driver": "", "gpus": "missing\n"},
            "drv.answers",
            "nvidia-smi is not installed",
            "linux-headers-cloud-amd64 nvidia-driver",
            {"ctk.registered", "ctr.gpu"},
        ),
        (
            {"kernel_driver": "", "gpus": "missing\n", "operating_system": UBUNTU},
            "drv.answers",
            "No NVIDIA driver",
            "ubuntu-drivers install --gpgpu",
            {"ctk.registered", "ctr.gpu"},
        ),
        (
            {"gpus": "complains\nFailed to initialize NVML: Driver/library version mismatch\n"},
            "drv.answers",
            "550.163.01 is loaded",
            "reboot",
            {"ctk.registered", "ctr.gpu"},
        ),
        (
            {"packages": READY["packages"].replace("libnvidia-container1 1.20.1", "libnvidia-container1 1.17.9")},
            "ctk.version",
            "only at one version",
            "apt-get install",
            {"ctk.registered", "ctr.gpu"},
        ),
        (
            {"packages": READY["packages"].replace("ii  libnvidia-container1", "rc  libnvidia-container1")},
            "ctk.version",
            "Without the toolkit",
            "gpudock provision",
            {"ctk.registered", "ctr.gpu"},
        ),
        (
            {"toolkit": TOOLKIT.replace(str(STARTED_EPOCH - 60), str(STARTED_EPOCH + 5))},
            "ctk.registered",
            "only when it starts",
            "restart docker",
            {"ctr.gpu"},
        ),
        (
            {"daemon": INFO.replace("nvidia.com/gpu=all", "x").replace(', "nvidia": {}', "")},
            "ctk.registered",
            "no way to a GPU",
            "gpudock provision",
            {"ctr.gpu"},
        ),
        (
            {"hello_world": "run 125 hello-world\ndocker: Error response from daemon: dial tcp: i/o timeout\n"},
            "ctr.hello",
            "registry cannot be reached",
            "--registry-mirror",
            set(),
        ),
        (
            {"hello_world": "run 126 hello-world\nOCI runtime create failed\n"},
            "ctr.hello",
            "could not run the container",
            "journalctl",
            set(),
        ),
        (
            {"cuda_container": f'run 125 {IMAGE}\ncould not select device driver "" with capabilities: [[gpu]].\n'},
            "ctr.gpu",
            "no GPU hook",
            "restart docker",
            set(),
        ),
        (
            {"cuda_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: GPU-other)\n"},
            "ctr.gpu",
            "does not get what the host has",
            "nvidia-ctk cdi generate",
            set(),
        ),
        (
            {"cuda_container": f"gone {IMAGE}\nrun 1 {IMAGE}\nmanifest unknown\n"},
            "ctr.gpu",
            "deleted these tags",
            "--cuda-image",
            set(),
        ),
    ],
)
def test_one_fault_is_named_and_what_follows_from_it_is_blocked(
    broken: dict[str, str], check: str, cause: str, remedy: str, blocked: set[str]
) -> None:
    told = findings(facts({**READY, **DEEP, **broken}))
    assert told[check].status is Status.FAIL
    assert cause in told[check].cause + told[check].seen
    assert remedy in told[check].remedy
    assert {name for name, finding in told.items() if finding.status is Status.BLOCKED} == blocked
    assert {name for name, finding in told.items() if finding.status is Status.FAIL} == {check}
    assert all(f"because {check} failed" in told[name].seen for name in blocked)
    assert exit_code(told.values()) == 2


@pytest.mark.parametrize(("probe", "check"), [("gpus", "drv.answers"), ("units", "dk.running"), ("login", "dk.socket")])
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
    seen = findings(facts({**READY, **DEEP, "cuda_container": answer}))["ctr.gpu"].seen
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
        (ready(), ["hello_world", "cuda_container"]),
        (fresh(), ["hello_world"]),
        (fresh(gpus_on_bus=GPU["gpus_on_bus"]), ["hello_world"]),
        (ready().including(Facts({"gpus": Answer(137)})), ["hello_world"]),
    ],
)
def test_which_containers_are_started(told: Facts, names: list[str]) -> None:
    assert [probe.name for probe in deep_probes(told, "")] == names


def test_a_chosen_image_is_the_only_one_tried() -> None:
    snippet = deep_probes(ready(), "my/cuda:1")[1].snippet
    assert "for image in my/cuda:1; do" in snippet and "nvidia/cuda" not in snippet
    assert HELLO.starts_containers and CUDA.starts_containers
