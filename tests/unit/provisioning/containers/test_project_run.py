"""`run`: the container of a person on a project, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers.exit_codes import meaning
from provisioning.containers.folders import Place
from provisioning.containers.project_run import Wish, spec, warnings
from provisioning.containers.rendering import run_argv
from provisioning.containers.site import Person
from provisioning.containers.spec import Bind, Gpus

ANN = Person("ann", 1000, 100, "/home/ann", 1 << 30, "x86_64")
WISH = Wish("image", ("python", "train.py"), "/data/project")
OPEN = Place("/data/project", "folder", readable=True, writable=True)


def test_the_project_as_its_owner() -> None:
    assert run_argv(spec(WISH, ANN, Gpus(request="all"), "n")) == (
        *("docker", "run", "--rm", "--init", "--interactive", "--name=n", "--user=1000:100"),
        *("--workdir=/data/project", "--gpus=all"),
        *("--log-driver=json-file", "--log-opt=max-size=10485760", "--log-opt=max-file=1"),
        "--mount=type=bind,source=/data/project,target=/data/project",
        "--mount=type=bind,source=/home/ann/.cache/gpudock/cuda,target=/cuda-cache",
        "--mount=type=tmpfs,target=/home/gpudock,tmpfs-mode=1777",
        *("--env=HOME=/home/gpudock", "--env=PYTHONUNBUFFERED=1", "--env=CUDA_CACHE_PATH=/cuda-cache"),
        *("--label=gpudock.kind=run", "image", "python", "train.py"),
    )


@pytest.mark.parametrize(("asked", "read_only"), [("ro", True), ("rw", False)])
def test_the_whole_host_is_shown_read_only_unless_told(asked: str, read_only: bool) -> None:
    made = spec(replace(WISH, host_root=asked), ANN, Gpus(), "n")
    assert Bind("/", "/host", read_only) in made.mounts


def test_wishes_of_ones_own_come_last() -> None:
    made = spec(replace(WISH, environment=(("HOME", "/x"),), shm=7, terminal=True), ANN, Gpus(), "n")
    assert dict(made.environment)["HOME"] == "/x"
    assert made.limits.shm == 7
    assert made.terminal


@pytest.mark.parametrize(
    ("wish", "place", "said"),
    [
        (WISH, OPEN, []),
        (replace(WISH, host_root="rw"), OPEN, ["can change files of the whole host"]),
        (replace(WISH, host_root="ro"), OPEN, ["can read files of the whole host"]),
        (WISH, replace(OPEN, path="/home/ann"), ["/home/ann/.ssh and /home/ann/.local/state/gpudock"]),
        (WISH, replace(OPEN, path="/"), ["/home/ann/.ssh"]),
        (WISH, replace(OPEN, path="/home/ann/project"), []),
        (WISH, replace(OPEN, writable=False), ["you may not write to /data/project"]),
        (
            replace(WISH, environment=(("WANDB_API_KEY", "x"), ("A", "token"))),
            OPEN,
            ["--env WANDB_API_KEY: others on that host"],
        ),
    ],
)
def test_what_is_risky_is_said_in_a_line(wish: Wish, place: Place, said: list[str]) -> None:
    lines = list(warnings(wish, place, ANN.home))
    assert len(lines) == len(said)
    assert all(words in line and "\n" not in line for words, line in zip(said, lines, strict=True))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, ""),
        (1, ""),
        (125, "Docker did not start image"),
        (126, "nosuch is there in image, and cannot be executed"),
        (127, "nosuch is not there in image"),
        (130, "SIGINT ended it"),
        (137, "it was killed"),
        (143, "SIGTERM ended it"),
        (255, ""),
    ],
)
def test_an_exit_code_as_a_sentence(code: int, words: str) -> None:
    said = meaning(code, "image", ("nosuch", "x"))
    assert words in said
    assert bool(said) is bool(words)


def test_an_exit_code_of_an_images_own_program_and_of_one_without_memory() -> None:
    assert "the image's own program is not there" in meaning(127, "image", ())
    assert "memory" in meaning(1, "image", (), out_of_memory=True)
