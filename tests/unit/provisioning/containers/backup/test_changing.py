"""What is wanted otherwise of a container that is made again."""

from __future__ import annotations

import pytest

from provisioning.containers.backup.changing import Changes, changed, gpu_words, read_paths, read_ports, source_of
from provisioning.containers.spec import Bind, Gpus, Port
from provisioning.errors import UsageError
from tests.unit.provisioning.containers.backup.a_backup import DATA, SPEC


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
    ],
)
def test_what_it_has_not_is_refused(changes: Changes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        changed(SPEC, changes)


def test_options_are_read() -> None:
    assert read_ports(["1:2", "3:65535"]) == ((1, 2), (3, 65535))
    assert read_paths(["/a:/b"]) == (("/a", "/b"),)


@pytest.mark.parametrize("word", ["1", "1:", ":1", "a:1", "0:1", "1:65536", "1:2:3", "٣:4"])
def test_ports_that_cannot_be_meant(word: str) -> None:
    with pytest.raises(UsageError, match="--port takes OLD:NEW"):
        read_ports([word])


@pytest.mark.parametrize("word", ["/a", "/a:", "a:/b", "/a:b"])
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
