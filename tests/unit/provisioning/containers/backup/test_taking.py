"""The commands that take a container's files and data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from provisioning.containers.archive import Held
from provisioning.containers.backup.choosing import Taken
from provisioning.containers.backup.inspected import Seen
from provisioning.containers.backup.manifest import Base, Data, Part, VolumeMaking
from provisioning.containers.backup.picture import Picture
from provisioning.containers.backup.taking import Taking, copying, describe, removing, streams
from provisioning.containers.compression import GZIP, NONE
from provisioning.containers.images import Image
from provisioning.containers.spec import ContainerSpec, Volume

DATA = Data("data-1.tar.gz", "home", "", "/home", is_file=False, size=7)


def container(*, paused: bool = False) -> dict[str, Any]:
    state = {
        "Paused": paused,
        "Status": "paused" if paused else "running",
        "ExitCode": 0,
        "Health": {"Status": "healthy"},
    }
    return {"Id": "c1", "State": state, "SizeRootFs": 99, "Config": {"Image": "base"}, "Image": "sha256:b"}


VOLUMES: dict[str, dict[str, Any]] = {
    "plain": {"Name": "plain", "Driver": "local", "Options": None, "Labels": {"com.docker.volume.anonymous": ""}},
    "nfs": {"Name": "nfs", "Driver": "local", "Options": {"type": "nfs"}, "Labels": None},
    "mine": {"Name": "mine", "Driver": "local", "Options": None, "Labels": {"a": "b"}},
    "far": {"Name": "far", "Driver": "rclone", "Options": {}, "Labels": {}},
}
TAKING = Taking(
    host="gpu1",
    at=datetime(2026, 11, 20, 13, 30, tzinfo=timezone.utc),
    unique="ab12",
    picture=Picture(container(), {"RepoDigests": ["base@sha256:d"]}, "2", 0, VOLUMES, {}),
    seen=Seen(ContainerSpec("base", name="Lab.1"), ("net2",), ("its link",)),
    taken=(Taken(DATA, Volume("home", "/gpudock/1/data", read_only=True, filled=False)),),
    left_out=(),
    packed=NONE,
    prefix=(),
    pause_limit=300,
)
COPY = "gpudock-backup:Lab.1-20261120T133000Z-ab12"


def test_the_copy_is_bounded_and_lets_the_container_go_on() -> None:
    commit, hold = copying(TAKING)
    assert commit[:2] == ("sh", "-c")
    assert 'timeout "$limit" "$@" commit "$container" "$image" && exit' in commit[2]
    assert '"$@" unpause "$container"' in commit[2]
    assert commit[3:] == ("sh", "300", "c1", COPY, "docker")
    assert hold[:3] == ("docker", "create", "--name=gpudock-backup-ab12")


def test_a_container_that_somebody_paused_stays_paused() -> None:
    paused = replace(TAKING, picture=replace(TAKING.picture, container=container(paused=True)))
    assert copying(paused)[0] == ("timeout", "300", "docker", "commit", "c1", COPY)


def test_nothing_is_left_on_the_host() -> None:
    assert removing(TAKING) == [
        ("docker", "rm", "--force", "--volumes", "gpudock-backup-ab12"),
        ("docker", "image", "rm", "--force", COPY),
    ]


def test_without_data_nothing_holds_any() -> None:
    bare = replace(TAKING, taken=())
    assert (len(copying(bare)), len(removing(bare))) == (1, 1)
    assert [name for name, _, _ in streams(bare)] == ["image.tar"]


def test_data_first_each_by_itself() -> None:
    assert list(streams(TAKING)) == [
        ("data-1.tar.gz", ("docker", "cp", "gpudock-backup-ab12:/gpudock/1/data", "-"), 7),
        ("image.tar", ("docker", "save", COPY), 99),
    ]


def test_sudo_and_packing_on_the_host() -> None:
    taking = replace(TAKING, prefix=("sudo", "-n"), packed=GZIP)
    [_, (name, argv, _)] = streams(taking)
    assert name == "image.tar.gz"
    assert argv[:2] == ("sh", "-c")
    assert f"sudo -n docker save {COPY}" in argv[2]
    assert "gzip -c" in argv[2]
    assert all(argv[:2] == ("sudo", "-n") for argv in removing(taking))


@pytest.mark.parametrize(("name", "image"), [("a" * 200, "a" * 100), ("lab", "lab-20261120T133000Z")])
def test_the_copy_has_a_name_that_docker_takes(name: str, image: str) -> None:
    taking = replace(TAKING, seen=replace(TAKING.seen, spec=ContainerSpec("base", name=name)))
    assert taking.image == f"gpudock-backup:{image}-ab12"


def test_the_manifest() -> None:
    parts = [Part("data-1.tar.gz", 5, "0"), Part("image.tar", 6, "1")]
    made = describe(TAKING, Image("sha256:c", "amd64", size=9, layers=("l1",)), "26.1.5", "535.1", parts)
    assert (made.origin.host, made.origin.at, made.origin.engine) == ("gpu1", "2026-11-20T13:30:00Z", "26.1.5")
    assert (made.state, made.health, made.networks, made.lost) == ("running", "healthy", ("net2",), ("its link",))
    assert made.base == Base("base", "sha256:b", ("base@sha256:d",))
    assert isinstance(made.image, Held)
    assert (made.image.name, made.image.id, made.image.size, made.image_part) == (COPY, "sha256:c", 9, "image.tar")
    assert made.parts == tuple(parts)
    assert made.volumes == (
        VolumeMaking("nfs", "local", (("type", "nfs"),), ()),
        VolumeMaking("mine", "local", (), (("a", "b"),)),
        VolumeMaking("far", "rclone", (), ()),
    )
