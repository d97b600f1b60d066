"""A training run's container."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers.engine_limits import EngineLimits
from provisioning.containers.engine_limits import parse as parse_limits
from provisioning.containers.folders import Place
from provisioning.containers.rendering import run_argv
from provisioning.containers.site import Person
from provisioning.containers.spec import Gpus
from provisioning.containers.training import Wish, shared_memory, spec, warnings

ANN = Person("ann", 1000, 100, "/home/ann", 64 << 30, "x86_64")
WISH = Wish("image", ("python", "train.py"), "/data/project", "run1")
OPEN = Place("/data/project", "folder", readable=True, writable=True)


def test_a_run_is_detached_bounded_and_kept() -> None:
    argv = run_argv(spec(WISH, ANN, Gpus(cdi=("nvidia.com/gpu=GPU-1",))))
    label = next(word for word in argv if word.startswith("--label=gpudock.spec="))
    assert argv == (
        *("docker", "run", "--detach", "--init", "--name=run1", "--user=1000:100", "--workdir=/workspace"),
        *("--device=nvidia.com/gpu=GPU-1", f"--shm-size={32 << 30}", "--ulimit=memlock=-1", "--ulimit=stack=67108864"),
        *("--log-driver=json-file", f"--log-opt=max-size={50 << 20}", "--log-opt=max-file=4"),
        "--mount=type=bind,source=/data/project,target=/workspace",
        "--mount=type=bind,source=/home/ann/.cache/gpudock/cuda,target=/cuda-cache",
        "--mount=type=tmpfs,target=/home/gpudock,tmpfs-mode=1777",
        *("--env=HOME=/home/gpudock", "--env=PYTHONUNBUFFERED=1", "--env=CUDA_CACHE_PATH=/cuda-cache"),
        *("--label=gpudock.kind=train", label, "image", "python", "train.py"),
    )


@pytest.mark.parametrize(("memory", "shm"), [(2 << 30, 1 << 30), (128 << 30, 64 << 30), (1 << 40, 64 << 30)])
def test_shared_memory_by_the_hosts_own(memory: int, shm: int) -> None:
    assert shared_memory(memory) == shm


def test_wishes() -> None:
    made = spec(replace(WISH, shm=5, network="host", locks_memory=False, environment=(("A", "b"),)), ANN, Gpus())
    assert made.limits.shm == 5
    assert made.limits.ulimits == ("stack=67108864",)
    assert made.network == "host"
    assert ("A", "b") in made.environment


def test_the_commit_is_a_label() -> None:
    labels = dict(spec(replace(WISH, repository="https://host/x", commit="abc"), ANN, Gpus()).labels)
    assert (labels["gpudock.repository"], labels["gpudock.commit"]) == ("https://host/x", "abc")
    assert "gpudock.commit" not in dict(spec(WISH, ANN, Gpus()).labels)


@pytest.mark.parametrize(
    ("wish", "place", "said"),
    [
        (WISH, OPEN, []),
        (replace(WISH, network="host"), OPEN, ["the host's own network"]),
        (replace(WISH, locks_memory=False), OPEN, ["memlock=-1 is left out"]),
        (WISH, replace(OPEN, writable=False), ["may not write"]),
        (replace(WISH, environment=(("TOKEN", "x"),)), OPEN, ["--env TOKEN"]),
    ],
)
def test_what_is_risky_is_said_in_a_line(wish: Wish, place: Place, said: list[str]) -> None:
    lines = list(warnings(wish, place, "/home/ann"))
    assert len(lines) == len(said)
    assert all(words in line for words, line in zip(said, lines, strict=True))


@pytest.mark.parametrize(
    ("text", "locks"),
    [
        ("", True),
        ("capabilities 000001ffffffffff\nmemlock 8388608\n", True),
        ("capabilities 000001fffeffffff\nmemlock 8388608\n", False),
        ("capabilities 000001fffeffffff\nmemlock unlimited\n", True),
    ],
)
def test_what_the_engine_may_lock(text: str, locks: bool) -> None:
    assert parse_limits(text) == EngineLimits(locks)
