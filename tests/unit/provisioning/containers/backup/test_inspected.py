"""A container as docker inspect shows it, read back as what makes it again."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.containers.backup.inspected import read
from provisioning.containers.rendering import create_argv
from provisioning.containers.spec import (
    Bind,
    ContainerSpec,
    Gpus,
    Limits,
    Mount,
    Port,
    Tmpfs,
    Volume,
)
from tests.unit.provisioning.containers.backup.docker_model import inspect

RECORDED = json.loads(Path(__file__).with_name("inspected.json").read_text())
IMAGE = RECORDED["image"]
NAME = "nvidia/cuda:12.2.2-base-ubuntu22.04"

# What the recorded containers were made with, beside their names.
MADE_WITH = {
    "plain": [],
    "full": [
        *("--init", "--interactive", "--tty", "--hostname=h1", "--user=1000:1000", "--group-add=44", "--workdir=/w"),
        *("--network=net1", "--network-alias=al", "--restart=on-failure:3", "--entrypoint=/bin/sh", "--gpus=all"),
        *("--shm-size=134217728", "--ulimit=core=-1", "--ulimit=nofile=100:200", "--memory=268435456"),
        *("--memory-swap=536870912", "--cpus=0.5", "--pids-limit=99", "--oom-score-adj=10", "--cpuset-cpus=0"),
        *("--cap-add=SYS_PTRACE", "--cap-drop=NET_RAW", "--device=/dev/fuse:/dev/fuse:rwm", "--read-only=true"),
        *("--dns=1.1.1.1", "--dns-search=a.b", "--dns-option=ndots:1", "--add-host=foo:1.2.3.4", "--ipc=shareable"),
        *("--health-cmd=true", "--health-interval=3000000000ns", "--stop-signal=INT", "--stop-timeout=3"),
        *("--log-driver=json-file", "--log-opt=max-size=10m", "--log-opt=max-file=2"),
        *("--sysctl=net.ipv4.ip_forward=1", "--security-opt=no-new-privileges", "--tmpfs=/t1:size=1m"),
        "--mount=type=tmpfs,target=/t2,tmpfs-mode=1770,tmpfs-size=2097152",
        "--mount=type=bind,source=/srv/p,target=/p,readonly",
        "--mount=type=volume,target=/anon",
        "--mount=type=volume,source=v1,target=/v1",
        "--mount=type=volume,source=v1,target=/v1ro,readonly",
        *("--publish=127.0.0.1:8888:8888", "--publish=9999:9999/udp", "--publish=7777", "--expose=5555/tcp"),
        *("--env=A=1", "--env=TOKEN=s3", "--label=x=y"),
    ],
    "host": [
        *("--network=host", "--pid=host", "--uts=host", "--privileged=true", "--restart=always"),
        "--security-opt=seccomp=unconfined",
        '--gpus="device=GPU-7f1b2c3d-0000-4000-8000-000000000000,GPU-x"',
        "--mount=type=bind,source=/,target=/host,bind-propagation=rslave",
    ],
    "odd": ["--no-healthcheck=true"],
}
COMMANDS = {"plain": [], "full": ["-c", "cat"], "host": ["sleep", "10"], "odd": ["sleep", "10"]}


@pytest.mark.parametrize("name", MADE_WITH)
def test_real_containers_are_made_with_what_they_were_made_with(name: str) -> None:
    seen = read(RECORDED["containers"][name], IMAGE, "1")
    made = ["docker", "create", f"--name={name}", *MADE_WITH[name], NAME, *COMMANDS[name]]
    argv = create_argv(seen.spec)
    assert Counter(argv) == Counter(made)
    assert list(argv[len(argv) - 1 - len(COMMANDS[name]) :]) == [NAME, *COMMANDS[name]]


def test_networks_beside_the_first() -> None:
    assert read(RECORDED["containers"]["full"], IMAGE).networks == ("net2",)


def changed(field: str, value: Any, name: str = "plain") -> dict[str, Any]:
    container: dict[str, Any] = copy.deepcopy(RECORDED["containers"][name])
    container["HostConfig"][field] = value
    return container


@pytest.mark.parametrize(
    ("container", "lost"),
    [
        (RECORDED["containers"]["odd"], "the network that it shares with another container: container:"),
        (changed("PidMode", "container:abc"), "the processes that it shares with another container: container:abc"),
        (changed("Links", ["/db:/plain/db"]), "its link /db:/plain/db"),
        (changed("SecurityOpt", ['seccomp={"defaultAction": "x"}']), "its own seccomp profile"),
        (changed("OfTheFuture", {"a": 1}), "OfTheFuture={'a': 1}"),
        (changed("KernelMemory", 5), "KernelMemory=5"),
        (
            changed(
                "DeviceRequests", [{"Driver": "", "Count": -1, "DeviceIDs": None, "Capabilities": [["gpu", "video"]]}]
            ),
            "which capabilities of the driver its GPUs have",
        ),
        (
            changed("DeviceRequests", [{"Driver": "cdi", "DeviceIDs": ["nvidia.com/gpu=0"]}, {"Driver": "cdi"}]),
            "all but the first of its 2 requests for GPUs",
        ),
        (
            changed("PortBindings", {"80/tcp": [{"HostIp": "", "HostPort": "8000-8010"}]}),
            "the range of ports that 80/tcp is published on",
        ),
        (
            changed("Mounts", [{"Type": "volume", "Target": "/v", "VolumeOptions": {"Subpath": "a"}}]),
            "that /v is only the folder a of its volume",
        ),
        (
            changed("Mounts", [{"Type": "bind", "Target": "/b", "BindOptions": {"NonRecursive": True}}]),
            "how /b is mounted: NonRecursive",
        ),
        (
            {**RECORDED["containers"]["plain"], "Mounts": [{"Type": "image", "Destination": "/i", "Source": "x"}]},
            "its mount of type image at /i",
        ),
        (
            {
                **RECORDED["containers"]["plain"],
                "Mounts": [{"Type": "bind", "Destination": "/i", "Source": "/x", "RW": True, "Mode": "Z"}],
            },
            "the SELinux label of /x",
        ),
        (
            {
                **RECORDED["containers"]["plain"],
                "NetworkSettings": {"Networks": {"n": {"IPAMConfig": {"IPv4Address": "10.0.0.9"}}}},
            },
            "its fixed address 10.0.0.9 on network n",
        ),
    ],
)
def test_what_cannot_be_made_again_is_named(container: dict[str, Any], lost: str) -> None:
    named = read(container, IMAGE).lost
    assert len(named) == 1
    assert named[0].startswith(lost)


@pytest.mark.parametrize("name", ["plain", "full", "host"])
def test_nothing_else_is_lost(name: str) -> None:
    assert read(RECORDED["containers"][name], IMAGE).lost == ()


@pytest.mark.parametrize(
    ("entrypoint", "command", "image_entrypoint", "image_command", "words"),
    [
        (None, ["sh"], None, ["sh"], ("", ())),
        (None, ["a"], None, ["sh"], ("", ("a",))),
        (["e"], ["a"], ["e"], ["sh"], ("", ("a",))),
        (["e"], None, ["e"], ["sh"], ("e", ())),
        (["e", "f"], ["a"], None, ["sh"], ("e", ("f", "a"))),
        (["e"], ["sh"], ["d"], ["sh"], ("e", ("sh",))),
    ],
)
def test_entrypoint_and_command(
    entrypoint: list[str] | None,
    command: list[str] | None,
    image_entrypoint: list[str] | None,
    image_command: list[str],
    words: tuple[str, tuple[str, ...]],
) -> None:
    container = copy.deepcopy(RECORDED["containers"]["plain"])
    container["Config"].update(Entrypoint=entrypoint, Cmd=command)
    image = {**IMAGE, "Config": {**IMAGE["Config"], "Entrypoint": image_entrypoint, "Cmd": image_command}}
    spec = read(container, image).spec
    assert (spec.entrypoint, spec.command) == words


def test_an_image_that_is_gone_says_nothing_already() -> None:
    spec = read(RECORDED["containers"]["plain"], {}).spec
    assert ("CUDA_VERSION", "12.2.2") in spec.environment
    assert spec.command == ("sh",)


def test_the_cgroup_of_its_own_is_told_by_what_the_host_does_by_itself() -> None:
    assert ("--cgroupns", "host") in read(RECORDED["containers"]["plain"], IMAGE, "2").spec.further


WORD = st.text("abc/XYZ019,\"'= \\$ü", min_size=1, max_size=8)
NUMBER = st.integers(1, 65535)
PATH = WORD.map(lambda word: "/" + word.replace("=", "").replace(":", ""))
MOUNT: st.SearchStrategy[Mount] = st.one_of(
    st.builds(Bind, PATH, PATH, st.booleans(), st.sampled_from(["", "rslave"])),
    st.builds(Volume, st.sampled_from(["", "v1", "data"]), PATH, st.booleans(), st.booleans()),
    st.builds(Tmpfs, PATH, st.sampled_from(["1777", "700"]), st.integers(0, 1 << 30)),
)
PORT = st.builds(
    Port, NUMBER, st.none() | NUMBER, st.sampled_from(["", "127.0.0.1", "::1"]), st.sampled_from(["tcp", "udp"])
)
GPUS = st.sampled_from(
    [
        Gpus(),
        Gpus(cdi=("nvidia.com/gpu=all",)),
        Gpus(request="all"),
        Gpus(request="device=GPU-a,GPU-b"),
        Gpus(request="2"),
    ]
)
FURTHER = st.sampled_from(
    [
        ("--cap-add", "SYS_ADMIN"),
        ("--dns", "1.1.1.1"),
        ("--ipc", "host"),
        ("--memory", "9999999"),
        ("--privileged", "true"),
    ]
)
NAMED = st.text("abcXYZ_09", min_size=1, max_size=6)
SPEC = st.builds(
    ContainerSpec,
    image=st.just(NAME),
    command=st.lists(WORD, max_size=3).map(tuple),
    entrypoint=st.sampled_from(["", "/bin/sh"]),
    name=st.just("c"),
    user=st.sampled_from(["", "1000:1000"]),
    groups=st.lists(st.sampled_from(["44", "video"]), max_size=2, unique=True).map(tuple),
    workdir=st.sampled_from(["", "/w"]),
    gpus=GPUS,
    mounts=st.lists(MOUNT, max_size=4, unique_by=lambda mount: mount.target).map(tuple),
    ports=st.lists(PORT, max_size=3, unique_by=lambda port: (port.container, port.protocol)).map(tuple),
    network=st.sampled_from(["", "host", "none", "net1"]),
    environment=st.lists(st.tuples(NAMED, WORD), max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
    limits=st.builds(
        Limits, shm=st.sampled_from([0, 1 << 30]), ulimits=st.sampled_from([(), ("memlock=-1", "nofile=1:2")])
    ),
    restart=st.sampled_from(["", "always", "on-failure:3"]),
    labels=st.lists(st.tuples(NAMED, WORD), max_size=2, unique_by=lambda pair: pair[0]).map(tuple),
    init=st.booleans(),
    interactive=st.booleans(),
    terminal=st.booleans(),
    removed=st.booleans(),
    further=st.lists(FURTHER, max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
)


@given(SPEC)
def test_what_is_made_is_seen_and_made_again_as_the_same(spec: ContainerSpec) -> None:
    made = create_argv(spec)
    seen = read(inspect(made, IMAGE), IMAGE)
    assert seen.lost == ()
    assert Counter(create_argv(seen.spec)) == Counter(made)
    assert seen.spec.command == spec.command
