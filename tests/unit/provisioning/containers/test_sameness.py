"""Asking again for the same container is nothing to do; for another one, the difference is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.command import Secret
from provisioning.containers.existing import Container, parse
from provisioning.containers.sameness import LABEL, asked, differences, refuse_other, stamped
from provisioning.containers.spec import Bind, ContainerSpec, Gpus, Limits, Port, SecretFile, Tmpfs, Volume
from provisioning.errors import UsageError
from tests.unit.provisioning.containers.engine_words import inspected

SPEC = ContainerSpec("image", ("python", "a b"), name="yy", labels=(("gpudock.kind", "train"),))


def made_from(spec: ContainerSpec) -> Container:
    return parse(inspected(labels=dict(stamped(spec).labels)))[0]


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, image="image:2"),
        replace(SPEC, command=("python", "a", "b")),
        replace(SPEC, entrypoint="sh"),
        replace(SPEC, user="1:1"),
        replace(SPEC, workdir="/w"),
        replace(SPEC, gpus=Gpus(cdi=("a",))),
        replace(SPEC, gpus=Gpus(request="all")),
        replace(SPEC, mounts=(Bind("/a", "/b"),)),
        replace(SPEC, mounts=(Volume("a", "/b"), Tmpfs("/c"))),
        replace(SPEC, ports=(Port(80),)),
        replace(SPEC, network="host"),
        replace(SPEC, environment=(("A", "b"),)),
        replace(SPEC, limits=Limits(shm=1)),
        replace(SPEC, limits=Limits(ulimits=("memlock=-1",))),
        replace(SPEC, restart="always"),
        replace(SPEC, secrets=(SecretFile("/s", Secret("x"), "/h"),)),
    ],
)
def test_the_same_is_the_same_and_each_field_counts(other: ContainerSpec) -> None:
    assert differences(made_from(other), other) == ()
    assert len(differences(made_from(SPEC), other)) == 1
    assert len(differences(made_from(other), SPEC)) == 1
    refuse_other(made_from(other), other, "gpu1")
    with pytest.raises(UsageError, match="asked for otherwise"):
        refuse_other(made_from(SPEC), other, "gpu1")


def test_a_difference_is_told_with_both_values() -> None:
    assert differences(made_from(SPEC), replace(SPEC, image="image:2")) == ("image: image -> image:2",)
    assert differences(made_from(SPEC), replace(SPEC, network="host")) == ("network: none -> host",)


def test_of_variables_those_that_differ_and_no_secrets() -> None:
    """Red when an error shows the token that somebody else handed in."""
    before = replace(SPEC, environment=(("A", "1"), ("LR", "0.1"), ("HF_TOKEN", "hidden")))
    now = replace(SPEC, environment=(("A", "1"), ("LR", "0.2"), ("HF_TOKEN", "other")))
    assert differences(made_from(before), now) == ("environment: LR=0.1 'HF_TOKEN=***' -> LR=0.2 'HF_TOKEN=***'",)


def test_no_secret_is_remembered() -> None:
    spec = replace(SPEC, secrets=(SecretFile("/s", Secret("hidden"), "/h"),))
    assert "hidden" not in dict(stamped(spec).labels)[LABEL]
    assert asked(spec)["secrets"] == "/s"


@pytest.mark.parametrize("label", ["", "{", "[]", '"x"'])
def test_a_spoiled_memory_is_none(label: str) -> None:
    container = parse(inspected(labels={LABEL: label} if label else {}))[0]
    assert len(differences(container, SPEC)) == 2


@pytest.mark.parametrize(("labels", "words"), [({}, "not gpudock's"), ({"gpudock.kind": "jupyter"}, "kind (jupyter)")])
def test_the_name_of_something_else(labels: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as refusal:
        refuse_other(parse(inspected(labels=labels))[0], SPEC, "gpu1")
    assert words in refusal.value.message
