"""A workspace as a container: what comes back, what it is told, and who may be it."""

from __future__ import annotations

import pytest

from provisioning.command import Secret
from provisioning.containers import workspace
from provisioning.containers.rendering import run_argv
from provisioning.containers.sameness import stamped
from provisioning.containers.site import Person
from provisioning.containers.spec import Gpus
from provisioning.errors import UsageError

PERSON = Person("ada", 1000, 1001, "/home/ada", 32 << 30, "x86_64")
START = ("/tini", "-g", "--", "python", "a b.py")
WISH = workspace.Wish("dagshub/ml-workspace:latest", "workspace-ada", "/data/a, b")


def argv() -> tuple[str, ...]:
    return run_argv(stamped(workspace.spec(WISH, PERSON, Gpus(), Secret("hush-hush"), START)))


def test_it_comes_back_and_listens_to_this_host_alone() -> None:
    words = argv()
    for word in ("--restart=unless-stopped", "--init", "--publish=127.0.0.1::8080", f"--shm-size={16 << 30}"):
        assert word in words
    assert '--mount=type=bind,"source=/data/a, b",target=/workspace' in words
    assert any(word.startswith("--health-cmd=") for word in words)
    assert not any("hush-hush" in word for word in words)
    assert not any(word.startswith("--env") for word in words)


def test_the_image_starts_as_it_would_by_itself() -> None:
    """Red when its own words are joined and split again."""
    assert argv()[-len(START) :] == START
    assert argv()[-len(START) - 1] == "gpudock"


@pytest.mark.parametrize("name", ["dagshub/ml-workspace:latest", "mltooling/ml-workspace-gpu:0.13.2", "ml-workspace"])
def test_images_that_read_the_password(name: str) -> None:
    assert workspace.require_workspace_image(name) == name


@pytest.mark.parametrize("name", ["jupyter/base-notebook", "codercom/code-server", "a/b:ml-workspace"])
def test_images_that_would_be_open_to_all(name: str) -> None:
    """Red when an image that knows nothing of the variable is started without a password."""
    with pytest.raises(UsageError, match="is not called so"):
        workspace.require_workspace_image(name)


def test_what_a_person_is_shown() -> None:
    assert workspace.shown("http://127.0.0.1:8080/", Secret("x")) == "http://127.0.0.1:8080/  password: x"


def test_the_password_is_read_back() -> None:
    assert workspace.password_in("x\n") == Secret("x")
    with pytest.raises(ValueError, match="no password"):
        workspace.password_in("\n")


@pytest.mark.parametrize("text", ["", " ", "a b", "true", "False"])
def test_what_cannot_be_a_password(text: str) -> None:
    with pytest.raises(UsageError):
        workspace.require_password(Secret(text))
    assert workspace.require_password(Secret("ok")) == Secret("ok")
