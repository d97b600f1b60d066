"""Which runner reaches a host, and what that costs before it is used."""

from __future__ import annotations

import sys

import pytest

from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.local import LocalRunner
from provisioning.runners.model import Access
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


def test_this_machine_needs_no_ssh_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fabric", "paramiko", "provisioning.runners.ssh"):
        monkeypatch.setitem(sys.modules, name, None)
    connect(None, Access())
    with pytest.raises(ImportError):
        connect(parse_host("gpu1"), Access())
