"""Names, ports and doors of containers with a web page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers.existing import Container, Published
from provisioning.containers.service import default_name, judge_doors, published_port
from provisioning.errors import ChangeFailed, UsageError

CONTAINER = Container(
    id="1",
    name="jupyter-ada",
    image="i",
    state="running",
    exit_code=0,
    out_of_memory=False,
    created="",
    started="",
    finished="",
    network="",
    ports=(Published("22/tcp", "127.0.0.1", 40001), Published("8888/tcp", "127.0.0.1", 40002)),
    labels={"gpudock.kind": "jupyter"},
)


@pytest.mark.parametrize(
    ("user", "name"), [("ada", "jupyter-ada"), ("FIRM\\ada b", "jupyter-FIRM-ada-b"), ("ада", "jupyter----")]
)
def test_names_are_such_as_docker_takes(user: str, name: str) -> None:
    assert default_name("jupyter", user) == name


def test_the_port_is_the_one_that_leads_to_the_page() -> None:
    assert published_port(CONTAINER, 8888, "gpu1") == 40002


def test_what_does_not_run_has_no_port() -> None:
    with pytest.raises(UsageError, match=r"jupyter-ada does not run \(exited\)") as told:
        published_port(replace(CONTAINER, state="exited", ports=()), 8888, "gpu1")
    assert told.value.hint == "Start it: gpudock jupyter.up gpu1 --name jupyter-ada"


@pytest.mark.parametrize(("without", "with_token"), [(403, 200), (302, 200), (401, 204), (None, 200)])
def test_a_door_that_is_shut_to_others(without: int | None, with_token: int) -> None:
    judge_doors("jupyter-ada", "gpu1", without=without, with_token=with_token)


@pytest.mark.parametrize(
    ("without", "with_token", "words"),
    [(200, 200, "lets everybody in"), (403, 403, "does not take its token"), (403, None, "no answer")],
)
def test_a_door_that_is_not_as_it_should_be(without: int, with_token: int | None, words: str) -> None:
    """Red when an image that overrules the configuration is passed off as safe."""
    with pytest.raises(ChangeFailed, match=words):
        judge_doors("jupyter-ada", "gpu1", without=without, with_token=with_token)
