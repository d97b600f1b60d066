"""Jupyter as a container: who it runs as, how it starts, and what its configuration does with the token."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from provisioning.command import Secret
from provisioning.containers import jupyter
from provisioning.containers.images import require_image_name
from provisioning.containers.rendering import run_argv
from provisioning.containers.sameness import stamped
from provisioning.containers.secret_files import SecretPlace, new_token
from provisioning.containers.site import Person
from provisioning.containers.spec import Gpus

PERSON = Person("ada", 1000, 1001, "/home/ada", 32 << 30, "x86_64")
TOKEN = Secret("t0ken-t0ken")
WISH = jupyter.Wish("jupyter/base-notebook", "jupyter-ada", "/data/a, b")


@pytest.fixture
def records() -> Iterator[None]:
    """Python's own way to make log records, as it was, afterwards."""
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


def argv(wish: jupyter.Wish = WISH, person: Person = PERSON) -> tuple[str, ...]:
    return run_argv(stamped(jupyter.spec(wish, person, Gpus(), TOKEN)))


def test_it_belongs_to_the_person_and_listens_to_this_host_alone() -> None:
    words = argv()
    assert "--user=1000:1001" in words
    assert "--publish=127.0.0.1::8888" in words
    assert '--mount=type=bind,"source=/data/a, b","target=/data/a, b"' in words
    assert "--workdir=/data/a, b" in words
    assert not any(word.startswith(("--privileged", "--cap-add", "--restart", "--rm")) for word in words)
    assert not any(TOKEN.reveal() in word for word in words)
    assert f"--shm-size={16 << 30}" in words


def test_a_port_that_was_asked_for() -> None:
    assert "--publish=127.0.0.1:9000:8888" in argv(replace(WISH, host_port=9000))


@pytest.mark.parametrize(
    ("image", "family"),
    [
        ("jupyter/base-notebook", "docker-stacks"),
        ("quay.io/jupyter/pytorch-notebook:cuda12-latest", "docker-stacks"),
        ("nvcr.io/nvidia/pytorch:24.10-py3", "NVIDIA"),
        ("tensorflow/tensorflow:2.17.0-gpu-jupyter", "TensorFlow"),
        ("ufoym/deepo:all-jupyter-py36-cu100", "deepo"),
        ("90be7604e476", "any"),
        ("my/notebook", "any"),
    ],
)
def test_families(image: str, family: str) -> None:
    assert jupyter.family_of(image).name == family


@pytest.mark.parametrize("preset", jupyter.PRESETS)
def test_a_preset_is_an_image_of_a_known_family(preset: str) -> None:
    image = jupyter.image_of(preset)
    assert require_image_name(image) == image != preset
    assert jupyter.family_of(image) != jupyter.ANY


@pytest.mark.parametrize(
    ("image", "uid", "replaced"),
    [
        ("jupyter/base-notebook", 1000, False),
        ("jupyter/base-notebook", 0, True),  # else it would change to a user of its own
        ("ufoym/deepo:all-jupyter", 1000, True),
        ("tensorflow/tensorflow:latest-jupyter", 1000, True),
    ],
)
def test_an_unsafe_start_is_replaced(image: str, uid: int, replaced: bool) -> None:
    spec = jupyter.spec(replace(WISH, image=image), replace(PERSON, uid=uid), Gpus(), TOKEN)
    assert (spec.entrypoint == "sh") is replaced
    assert (spec.command[0] == "sh") is not replaced
    assert jupyter.CONFIG in spec.command[-1]


def test_the_secret_is_a_file_of_the_container() -> None:
    [secret] = jupyter.spec(WISH, PERSON, Gpus(), TOKEN).secrets
    assert (secret.source, secret.target) == ("/home/ada/.local/state/gpudock/secrets/jupyter-ada", jupyter.CONFIG)
    assert secret.source == SecretPlace("/home/ada", "jupyter-ada").path


def test_the_configuration_sets_the_token_for_servers_old_and_new(records: None) -> None:
    """Red when a setting of either name is forgotten: then that server makes a token of its own, or has none."""
    settings: defaultdict[str, SimpleNamespace] = defaultdict(SimpleNamespace)

    class Config:
        def __getattr__(self, name: str) -> SimpleNamespace:
            return settings[name]

    exec(jupyter.config(TOKEN).reveal(), {"c": Config()})  # as Jupyter reads it
    for name in ("ServerApp", "NotebookApp"):
        assert (settings[name].token, settings[name].password) == (TOKEN.reveal(), "")
        assert (settings[name].ip, settings[name].port, settings[name].port_retries) == ("0.0.0.0", 8888, 0)
    assert settings["IdentityProvider"].token == TOKEN.reveal()
    record = logging.getLogger("x").makeRecord("x", 20, "f", 1, "GET %s", (f"/?token={TOKEN.reveal()}",), None)
    assert record.getMessage() == "GET /?token=***"


def test_the_token_is_read_back_from_the_configuration() -> None:
    token = new_token()
    assert jupyter.token_in(jupyter.config(token).reveal()) == token
    assert str(jupyter.config(token)) == "***"
    with pytest.raises(ValueError, match="no token"):
        jupyter.token_in("")
