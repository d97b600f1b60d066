"""A container's words for docker: each option by itself, and texts that survive however odd they are."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.command import Secret
from provisioning.containers.rendering import create_argv, run_argv
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Limits, Port, SecretFile, Tmpfs, Volume

PLAIN = ContainerSpec("image", ("cmd", "-x"), init=False)

CASES: tuple[tuple[ContainerSpec, tuple[str, ...]], ...] = (
    (PLAIN, ()),
    (replace(PLAIN, init=True), ("--init",)),
    (replace(PLAIN, removed=True), ("--rm",)),
    (replace(PLAIN, interactive=True, terminal=True), ("--interactive", "--tty")),
    (replace(PLAIN, name="n", hostname="h", user="1:2"), ("--name=n", "--hostname=h", "--user=1:2")),
    (replace(PLAIN, groups=("44", "45")), ("--group-add=44", "--group-add=45")),
    (replace(PLAIN, workdir="/a b"), ("--workdir=/a b",)),
    (
        replace(PLAIN, network="host", restart="unless-stopped", entrypoint="sh"),
        ("--network=host", "--restart=unless-stopped", "--entrypoint=sh"),
    ),
    (replace(PLAIN, gpus=Gpus(cdi=("k=0", "k=1"))), ("--device=k=0", "--device=k=1")),
    (replace(PLAIN, gpus=Gpus(request="all")), ("--gpus=all",)),
    (replace(PLAIN, gpus=Gpus(request="device=A")), ("--gpus=device=A",)),
    (replace(PLAIN, gpus=Gpus(request="device=A,B")), ('--gpus="device=A,B"',)),
    (replace(PLAIN, limits=Limits(shm=5)), ("--shm-size=5",)),
    (replace(PLAIN, limits=Limits(ulimits=("memlock=-1",))), ("--ulimit=memlock=-1",)),
    (
        replace(PLAIN, limits=Limits(log_size=7)),
        ("--log-driver=json-file", "--log-opt=max-size=7", "--log-opt=max-file=1"),
    ),
    (
        replace(PLAIN, limits=Limits(log_size=7, log_files=3)),
        ("--log-driver=json-file", "--log-opt=max-size=7", "--log-opt=max-file=3"),
    ),
    (replace(PLAIN, mounts=(Bind("/a", "/b"),)), ("--mount=type=bind,source=/a,target=/b",)),
    (replace(PLAIN, mounts=(Bind("/a", "/b", True),)), ("--mount=type=bind,source=/a,target=/b,readonly",)),
    (replace(PLAIN, mounts=(Volume("v", "/b"),)), ("--mount=type=volume,source=v,target=/b",)),
    (replace(PLAIN, mounts=(Tmpfs("/t"),)), ("--mount=type=tmpfs,target=/t,tmpfs-mode=1777",)),
    (
        replace(PLAIN, secrets=(SecretFile("/s", Secret("hidden"), "/h"),)),
        ("--mount=type=bind,source=/h,target=/s,readonly",),
    ),
    (replace(PLAIN, ports=(Port(80),)), ("--publish=127.0.0.1::80",)),
    (replace(PLAIN, ports=(Port(80, 8080, "::1"),)), ("--publish=[::1]:8080:80",)),
    (replace(PLAIN, environment=(("A", "b=c d"),)), ("--env=A=b=c d",)),
    (replace(PLAIN, labels=(("k", "v"),)), ("--label=k=v",)),
)


@pytest.mark.parametrize(("spec", "options"), CASES)
def test_an_option_for_each_wish(spec: ContainerSpec, options: tuple[str, ...]) -> None:
    assert run_argv(spec) == ("docker", "run", *options, "image", "cmd", "-x")
    assert create_argv(spec) == ("docker", "create", *options, "image", "cmd", "-x")


def test_only_run_is_detached() -> None:
    spec = replace(PLAIN, detached=True)
    assert run_argv(spec) == ("docker", "run", "--detach", "image", "cmd", "-x")
    assert create_argv(spec) == ("docker", "create", "image", "cmd", "-x")


ODD = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)


@given(ODD, ODD)
def test_any_path_survives_as_docker_reads_it(source: str, target: str) -> None:
    """Docker reads the value of `--mount` as one record of CSV."""
    [word] = [word for word in run_argv(replace(PLAIN, mounts=(Bind(source, target),))) if word.startswith("--mount=")]
    [record] = csv.reader(io.StringIO(word.removeprefix("--mount="), newline=""), strict=True)
    assert record == ["type=bind", f"source={source}", f"target={target}"]


@given(ODD, ODD)
def test_words_stay_words(value: str, argument: str) -> None:
    argv = run_argv(replace(PLAIN, command=(argument,), environment=(("NAME", value),)))
    assert argv[-1] == argument
    assert f"--env=NAME={value}" in argv
