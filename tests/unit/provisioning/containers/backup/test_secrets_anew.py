"""Secrets of ours are made anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioning.containers import jupyter
from provisioning.containers.backup.secrets_anew import is_secret, with_new_secrets
from provisioning.containers.backup.target import Target, refuse_what_is_in_the_way
from provisioning.containers.secret_files import SecretPlace
from provisioning.containers.spec import Bind, ContainerSpec
from tests.unit.provisioning.containers.backup.a_backup import SPEC

OLD = SecretPlace("/home/before", "lab").path
NEW = "/home/me/.local/state/gpudock/secrets/lab"


@pytest.mark.parametrize(("path", "secret"), [(OLD, True), ("/home/me/secrets/x", False), ("/srv", False)])
def test_a_secret_is_known_by_its_place(path: str, secret: bool) -> None:
    assert is_secret(path) is secret


def spec(target: str) -> ContainerSpec:
    return ContainerSpec("i", name="lab", mounts=(Bind("/srv", "/srv"), Bind(OLD, target, read_only=True)))


def test_it_moves_to_the_home_of_who_restores_and_is_another_each_time() -> None:
    moved, (first,) = with_new_secrets(spec("/run/token"), "/home/me")
    _, (second,) = with_new_secrets(spec("/run/token"), "/home/me")
    assert moved.mounts == (Bind("/srv", "/srv"), Bind(NEW, "/run/token", read_only=True))
    assert first.place.path == NEW
    assert first.text.reveal() != second.text.reveal()
    assert len(first.text.reveal()) == 43


def test_jupyter_finds_its_token_in_a_configuration() -> None:
    _, (made,) = with_new_secrets(spec(jupyter.CONFIG), "/home/me")
    assert len(jupyter.token_in(made.text.reveal()).reveal()) == 43


def test_without_secrets_nothing_is_changed() -> None:
    assert with_new_secrets(SPEC, "/home/me") == (SPEC, ())


def test_a_secret_that_is_not_there_is_in_nobodys_way() -> None:
    wanted = replace(spec("/run/token"), mounts=(Bind(OLD, "/run/token"),))
    refuse_what_is_in_the_way("h", wanted, (), Target(missing=frozenset([OLD])), overwrite=False)
