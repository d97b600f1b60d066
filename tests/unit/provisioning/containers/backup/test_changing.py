"""What is wanted otherwise of a container that is made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers.backup.changing import (
    Changes,
    changed,
    gpu_words,
    read_paths,
    read_ports,
    read_volumes,
    renamed,
    source_of,
    with_volumes,
)
from provisioning.containers.spec import Bind, Gpus, Port, Volume
from provisioning.errors import UsageError
from tests.unit.provisioning.containers.backup.a_backup import DATA, MANIFEST, SPEC


def test_nothing_is_changed_by_nothing() -> None:
    assert changed(SPEC, Changes()) == SPEC


def test_name_ports_and_paths() -> None:
    spec = changed(SPEC, Changes("other", ((7777, 8080),), (("/srv/project", "/data/project"),)))
    assert (spec.name, spec.ports) == ("other", (Port(8888, 8080),))
    assert Bind("/data/project", "/work") in spec.mounts
    assert [source_of(spec, each) for each in DATA] == ["", "/data/project", "/srv/one/settings.ini", ""]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (Changes(ports=((8888, 1),)), "--port 8888: it publishes no such port"),
        (Changes(paths=(("/work", "/x"),)), "--path /work: it has no such path"),
        (Changes(volumes=(("house", "x"),)), "--volume house: it has no volume of that name"),
    ],
)
def test_what_it_has_not_is_refused(changes: Changes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        changed(SPEC, changes)


def test_a_volume_under_another_name_is_made_and_filled() -> None:
    """Red when a copy beside the first would be filled into the first one's volume."""
    changes = Changes(volumes=(("home", "home-2"),))
    manifest = with_volumes(MANIFEST, changes)
    assert Volume("home-2", "/home/jovyan") in changed(SPEC, changes).mounts
    assert Volume("", "/own") in changed(SPEC, changes).mounts
    assert [each.volume for each in renamed(DATA, changes)] == ["home-2", "", "", ""]
    assert (manifest.data[0].volume, manifest.volumes[0].name) == ("home-2", "home-2")


def test_two_volumes_do_not_become_one() -> None:
    spec = replace(SPEC, mounts=(Volume("a", "/a"), Volume("a", "/again"), Volume("b", "/b")))
    assert changed(spec, Changes(volumes=(("a", "c"),))).mounts[1] == Volume("c", "/again")
    with pytest.raises(UsageError, match="two of its volumes would be one"):
        changed(spec, Changes(volumes=(("a", "b"),)))


@pytest.mark.parametrize(
    ("word", "pair"),
    [
        ("/a:/b", ("/a", "/b")),
        ("/a=/b", ("/a", "/b")),
        ("/runs/12:30:/srv/x", ("/runs/12:30", "/srv/x")),
        ("/a:/b=/c:/d", ("/a:/b", "/c:/d")),
    ],
)
def test_paths_are_read(word: str, pair: tuple[str, str]) -> None:
    assert read_paths([word]) == (pair,)


def test_options_are_read() -> None:
    assert read_ports(["1:2", "3:65535"]) == ((1, 2), (3, 65535))
    assert read_volumes(["a1:b.2"]) == (("a1", "b.2"),)


@pytest.mark.parametrize("word", ["aa", "aa:", ":aa", "aa:b:c", "/a:bb", "aa:b"])
def test_volumes_that_cannot_be_meant(word: str) -> None:
    with pytest.raises(UsageError, match="--volume takes OLD:NEW"):
        read_volumes([word])


@pytest.mark.parametrize("word", ["1", "1:", ":1", "a:1", "0:1", "1:65536", "1:2:3", "٣:4"])
def test_ports_that_cannot_be_meant(word: str) -> None:
    with pytest.raises(UsageError, match="--port takes OLD:NEW"):
        read_ports([word])


@pytest.mark.parametrize("word", ["/a", "/a:", "a:/b", "/a:b", "/a:/b:/c"])
def test_paths_that_cannot_be_meant(word: str) -> None:
    with pytest.raises(UsageError, match="--path takes OLD:NEW"):
        read_paths([word])


@pytest.mark.parametrize(
    ("had", "words"),
    [
        (Gpus(), ("none",)),
        (Gpus(request="all"), ("all",)),
        (Gpus(request="2"), ("0", "1")),
        (Gpus(request="device=GPU-a,GPU-b"), ("GPU-a", "GPU-b")),
        (Gpus(cdi=("nvidia.com/gpu=all",)), ("all",)),
        (Gpus(cdi=("nvidia.com/gpu=GPU-a", "nvidia.com/gpu=1")), ("GPU-a", "1")),
    ],
)
def test_gpus_that_it_had(had: Gpus, words: tuple[str, ...]) -> None:
    assert gpu_words(had) == words
