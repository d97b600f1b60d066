"""Which runner reaches a host, and what that costs before it is used."""

from __future__ import annotations

import sys
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from provisioning.errors import Unreachable
from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.local import LocalRunner
from provisioning.runners.model import Access, Elevation
from provisioning.runners.ssh import SshRunner


def test_no_address_is_this_machine() -> None:
    runner = connect(None, Access())
    assert isinstance(runner, LocalRunner)
    assert runner.host == "localhost"
    runner.close()


def test_an_address_is_reached_over_ssh_and_not_before_it_is_used() -> None:
    runner = connect(parse_host("root@gpu1:7"), Access())
    assert isinstance(runner, SshRunner)
    assert runner.host == "root@gpu1:7"
    runner.close()
    runner.close()


class Later(Executor):
    """Keeps what it is given to do."""

    def __init__(self, problem: Exception) -> None:
        self.problem, self.given = problem, list[str]()

    def submit(self, fn: Any, /, *_: Any, **__: Any) -> Future[Any]:
        self.given.append(fn.__name__)
        done: Future[Any] = Future()
        done.set_exception(self.problem)
        return done


def test_with_a_pool_the_login_begins_at_once_and_its_failure_waits_for_the_first_run() -> None:
    """Red when the failure of a login ahead is lost, or when `close` raises it."""
    pool = Later(Unreachable("gpu1 does not answer."))
    runner = connect(parse_host("gpu1"), Access(), pool)
    assert pool.given == ["_log_in"]
    with pytest.raises(Unreachable, match="does not answer"):
        list(runner.run("true", Elevation.ROOT))
    connect(parse_host("gpu1"), Access(), pool).close()


def test_this_machine_needs_no_ssh_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fabric", "paramiko", "provisioning.runners.ssh"):
        monkeypatch.setitem(sys.modules, name, None)
    connect(None, Access())
    with pytest.raises(ImportError):
        connect(parse_host("gpu1"), Access())
