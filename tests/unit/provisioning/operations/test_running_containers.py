"""What goes with a container that is removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioning.errors import UsageError
from provisioning.operations import running_containers
from provisioning.runners.model import Access
from provisioning.tasks.targets import Targets
from tests.unit.provisioning.operations.test_making import Engine, engine

HERE = Targets((), Access())


def reached(monkeypatch: pytest.MonkeyPatch, host: Engine) -> Engine:
    @contextmanager
    def reach(*_: object) -> Iterator[Engine]:
        yield host

    monkeypatch.setattr(running_containers, "docker_host", reach)
    return host


def test_a_secret_goes_with_its_container(monkeypatch: pytest.MonkeyPatch) -> None:
    host = reached(monkeypatch, engine("exited"))
    assert running_containers.remove(HERE, "jupyter-ada", force=False) == 0
    assert host.asked == ["rm 1", "no token"]


def test_a_secret_stays_with_a_container_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    host = reached(monkeypatch, engine("running"))
    with pytest.raises(UsageError, match="jupyter-ada runs"):
        running_containers.remove(HERE, "jupyter-ada", force=False)
    assert host.asked == []


@pytest.mark.parametrize(("name", "asked"), [("jupyter-ada", ["no token"]), ("../../.ssh/id_rsa", [])])
def test_of_one_that_was_removed_by_hand_the_secret_goes(
    monkeypatch: pytest.MonkeyPatch, name: str, asked: list[str]
) -> None:
    """Red when a token lies there for ever, and when a name leads to another file."""
    host = reached(monkeypatch, engine())
    with pytest.raises(UsageError, match="there is no container"):
        running_containers.remove(HERE, name, force=False)
    assert host.asked == asked
