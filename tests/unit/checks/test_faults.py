"""A host broken in one way: the cause is named, and what follows from it is blocked."""

from __future__ import annotations

import pytest

from checks import graph
from checks.model import Status, exit_code
from tests.unit.checks.judged_host import DEEP, IMAGE, findings
from tests.unit.described_host import INFO, READY, STARTED_EPOCH, TOOLKIT, facts


@pytest.mark.parametrize(
    ("broken", "check", "cause", "remedy", "blocked"),
    [
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
            {"hello_world": "run 1 hello-world\ntoomanyrequests: You have reached your pull rate limit.\n"},
            "ctr.hello",
            "limit",
            "docker login",
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
    assert remedy in str(told[check].remedy)
    assert {name for name, finding in told.items() if finding.status is Status.BLOCKED} == blocked
    assert {name for name, finding in told.items() if finding.status is Status.FAIL} == {check}
    assert all(f"because {check} failed" in told[name].seen for name in blocked)
    assert set(told[check].explains) == blocked
    assert graph.root_causes_first(told.values())[0].check == check
    assert exit_code(told.values()) == 2
