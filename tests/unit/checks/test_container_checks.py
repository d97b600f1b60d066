"""Containers that verification starts, and what their failure means."""

from __future__ import annotations

import pytest

from checks.catalog.containers import deep_probes, judge_hello, judge_smoke, judge_smoke_by_cdi
from checks.catalog.host_image import HOST_IMAGE, host_image_probe
from checks.catalog.host_image import parse as parse_host_image
from checks.catalog.inside import judge_cuda, judge_network
from checks.catalog.running_containers import judge_lost
from checks.model import Status
from provisioning.probe import Facts, UnknownFact
from tests.unit.checks.container_lines import by_gpus, line
from tests.unit.checks.judged_host import DEEP, statuses
from tests.unit.checks.one_fault import named
from tests.unit.described.containers import HOST_IMAGE as MADE
from tests.unit.described.containers import IMAGE
from tests.unit.described.toolkit import SPECS
from tests.unit.described_host import READY, facts, fresh, ready

TIMEOUT = "docker: Error response from daemon: dial tcp: i/o timeout\n"
LIMIT = "toomanyrequests: You have reached your pull rate limit.\n"
NO_SHIM = (
    "docker: Error response from daemon: failed to create task for container: failed to start shim: start failed: "
    ": fork/exec /usr/bin/containerd-shim-runc-v2: no such file or directory: unknown.\n"
)
UNMADE = "unmade Error response from daemon: no space left on device\n"
ENGINELESS = "made\nnetwork runc did not terminate successfully\nengine runc did not terminate successfully\n"


def told(**broken: str) -> Facts:
    return facts({**READY, **DEEP, **broken})


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy"),
    [
        (
            {"hello_world": f"run 125 hello-world\n{TIMEOUT}"},
            "ctr.hello",
            "registry cannot be reached",
            "--registry-mirror",
        ),
        ({"hello_world": f"run 1 hello-world\n{LIMIT}"}, "ctr.hello", "limit of pulls", "docker login"),
        (
            {"hello_world": "run 126 hello-world\nOCI runtime create failed\n"},
            "ctr.hello",
            "could not run the container",
            "journalctl",
        ),
        (
            {
                "hello_world": f"run 125 hello-world\n{NO_SHIM}",
                "cuda_container": f"run 125 {IMAGE}\n{NO_SHIM}",
                "cdi_container": f"run 125 {IMAGE}\n{NO_SHIM}",
            },
            "ctr.hello",
            "or that is gone",
            "--reinstall -y containerd.io",
        ),
        (
            {"cuda_container": f'run 125 {IMAGE}\ncould not select device driver "" with capabilities: [[gpu]].\n'},
            "ctr.smoke",
            "no GPU hook",
            "restart docker",
        ),
        (
            {"cuda_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: GPU-other)\n"},
            "ctr.smoke",
            "does not get what the host has",
            "nvidia-cdi-refresh",
        ),
        ({"cdi_container": f"run 0 {IMAGE}\n"}, "ctr.smoke_cdi", "lists 0 of the host's 1 GPUs", "nvidia-cdi-refresh"),
        (
            {"cuda_container": f"gone {IMAGE}\nrun 1 {IMAGE}\nmanifest unknown\n"},
            "ctr.smoke",
            "deleted these tags",
            "--cuda-image",
        ),
        (
            {
                "cuda_container": f"run 125 {IMAGE}\nnvidia-container-cli: requirement error: unsatisfied condition: "
                "cuda>=12.8, please update your driver to a newer version, or use an earlier cuda container\n"
            },
            "ctr.smoke",
            "a newer CUDA",
            "older tag",
        ),
        (
            {
                "cuda_container": f"run 125 {IMAGE}\nnvidia-container-cli: initialization error: driver rpc error: "
                "failed to process request: unknown\n"
            },
            "ctr.smoke",
            "cannot get memory",
            "vm.overcommit_memory=0",
        ),
        (
            {"host_image": MADE.replace("inside dns yes", "inside dns no")},
            "ctr.dns",
            "the host resolves registry-1.docker.io, a container does not",
            '"dns"',
        ),
        (
            {"host_image": MADE.replace("inside reach yes", "inside reach no")},
            "ctr.dns",
            "the host reaches registry-1.docker.io:443, a container does not",
            "restart docker",
        ),
        (
            {"host_image": "made\nnetwork Unable to enable DNAT rule: iptables: No chain by that name\nengine runs\n"},
            "ctr.dns",
            "cannot give them a network",
            "restart docker",
        ),
        ({"host_image": MADE.replace("cuda 0 1", "cuda 3 0")}, "ctr.cuda", "HMM", "uvm_disable_hmm=1"),
        ({"host_image": MADE.replace("cuda 0 1", "cuda 802 0")}, "ctr.cuda", "fabric manager", "nvidia-fabricmanager"),
        ({"host_image": MADE.replace("cuda 0 1", "cuda 999 0")}, "ctr.cuda", "error 999", "nvidia-modprobe -c0 -u"),
        ({"host_image": MADE.replace("cuda 0 1", "cuda 0 0")}, "ctr.cuda", "counts 0 of 1", "nvidia-smi mig"),
        (
            {"host_image": MADE.replace("cuda 0 1", "cuda absent libcuda.so.1: cannot open shared object file")},
            "ctr.cuda",
            "gets no libcuda",
            "ctk.libs",
        ),
        (
            {"containers": by_gpus("train"), "gpu_containers": "255 train Failed to initialize NVML: Unknown Error\n"},
            "ctr.lost",
            "train: Failed to initialize NVML: Unknown Error",
            "docker restart train",
        ),
    ],
)
def test_one_fault_of_a_container(broken: dict[str, str], check: str, cause: str, remedy: str) -> None:
    if check == "ctr.lost":
        # The hook and systemd's cgroups are a latent fault of their own: here they have done their worst.
        broken = {**broken, "daemon": READY["daemon"].replace('"systemd"', '"cgroupfs"')}
    named(broken, check, cause, remedy)


@pytest.mark.parametrize(
    ("host_image", "words"),
    [
        (
            MADE,
            "registry cannot be reached from the host. The engine works: it ran an image made of the host's own files.",
        ),
        (ENGINELESS, "The engine does not work either"),
        (UNMADE, "Of the engine this says nothing: no image could be made of the host's own files (Error response"),
    ],
)
def test_of_registry_and_engine_the_broken_one_is_named(host_image: str, words: str) -> None:
    assert words in judge_hello(told(hello_world=f"run 1 hello-world\n{TIMEOUT}", host_image=host_image)).cause


def test_without_a_registry_the_cuda_image_is_not_blamed() -> None:
    silent = f"run 1 {IMAGE}\n{TIMEOUT}"
    found = statuses(told(hello_world=f"run 1 hello-world\n{TIMEOUT}", cuda_container=silent, cdi_container=silent))
    assert {name: found[name] for name in ("ctr.hello", "ctr.smoke", "ctr.smoke_cdi", "ctr.dns")} == {
        "ctr.hello": "fail",
        "ctr.smoke": "blocked",
        "ctr.smoke_cdi": "blocked",
        "ctr.dns": "pass",
    }
    assert judge_smoke(told(cuda_container=silent)).status is Status.FAIL


@pytest.mark.parametrize(
    ("host_image", "network", "cuda"),
    [
        (UNMADE, "n/a", "n/a"),
        (ENGINELESS, "n/a", "n/a"),
        ("made\nengine runs\n", "n/a", "n/a"),
        ("made\noutside reach 10.0.0.1:5000\nengine runs\ninside reach yes\ncuda foreign\n", "pass", "n/a"),
        (MADE.replace("cuda 0 1", "cuda unstarted could not select device driver"), "pass", "n/a"),
    ],
)
def test_what_cannot_be_tried_is_not_applicable(host_image: str, network: str, cuda: str) -> None:
    given = told(host_image=host_image)
    assert (judge_network(given).status.value, judge_cuda(given).status.value) == (network, cuda)


def test_a_wrong_device_number_explains_error_999() -> None:
    given = told(host_image=MADE.replace("cuda 0 1", "cuda 999 0"), cdi_specs=SPECS.replace("major 510", "major 509"))
    assert judge_cuda(given).blocked_by == "ctk.cdi_uvm"


def test_nothing_is_said_of_containers_that_were_not_started() -> None:
    judges = (judge_hello, judge_smoke, judge_smoke_by_cdi, judge_network, judge_cuda)
    assert {judge(ready()).status for judge in judges} == {Status.NOT_RUN}
    assert judge_lost(ready(containers=by_gpus("train"))).status is Status.NOT_RUN


def test_containers_without_nvidia_smi_cannot_be_asked() -> None:
    given = told(containers=by_gpus("a") + by_gpus("b"), gpu_containers="127 a executable file not found\n0 b GPU 0\n")
    assert judge_lost(given).seen == "1 container(s) see their GPU"
    given = told(containers=by_gpus("a"), gpu_containers="127 a executable file not found\n")
    assert judge_lost(given).status is Status.NOT_APPLICABLE


def test_running_gpu_containers_are_asked_by_name() -> None:
    probes = {probe.name: probe for probe in deep_probes(ready(containers=by_gpus("train") + line("web")), "")}
    assert "for name in train; do" in probes["gpu_containers"].snippet
    assert probes[HOST_IMAGE.name].snippet.startswith("gpu=yes\n")
    assert host_image_probe(gpu=False).snippet.startswith("gpu=no\n")
    assert "cdi_container" not in {probe.name for probe in deep_probes(ready(daemon="silent no\n"), "")}
    assert deep_probes(fresh(), "")[1].snippet.startswith("gpu=no\n")


@pytest.mark.parametrize("text", ["", "inside dns yes\n", "made\noutside dns\n"])
def test_half_an_answer_is_unknown(text: str) -> None:
    with pytest.raises(ValueError, match=r"made|unpack|length"):
        parse_host_image(text)
    with pytest.raises(UnknownFact):
        told(hello_world=text)[deep_probes(ready(), "")[0]]
