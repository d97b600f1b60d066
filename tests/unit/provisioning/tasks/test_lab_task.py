"""What the lab's tasks say, without a lab."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from lab import Endpoints, Host
from provisioning.errors import UsageError
from provisioning.tasks.lab import agree, check_known, names, table, ways_in

HOSTS = [Host("trixie-1", "10.0.0.2", "trixie", "none"), Host("trixie-2", "10.0.0.3", "trixie", "none")]


@pytest.mark.parametrize(
    ("count", "gpu", "expected"),
    [(1, "none", ["trixie-1"]), (2, "h100x8", ["trixie-h100x8-1", "trixie-h100x8-2"])],
)
def test_a_name_says_what_a_host_is(count: int, gpu: str, expected: list[str]) -> None:
    assert names(count, "trixie", gpu) == expected


ENDPOINTS = Endpoints("http://d", Path("/a key"), "http://t", Path("/t.key"), "http://r")


def test_the_command_to_provision_is_complete() -> None:
    said = ways_in(HOSTS, ENDPOINTS)
    line = next(line for line in said.splitlines() if line.startswith("  ./gpudock provision"))
    assert line.startswith("  ./gpudock provision trixie-1,trixie-2 --ssh-config /")
    assert line.endswith(
        "--docker-source http://d --docker-key '/a key' --toolkit-source http://t --toolkit-key /t.key "
        "--registry-mirror http://r"
    )
    assert "./gpudock lab.ssh trixie-1\n" in said
    assert "./gpudock lab.down trixie-1,trixie-2\n" in said


def test_a_stand_in_is_called_one() -> None:
    noble = [Host(f"noble-{number}", f"10.0.0.{number}", "noble", "none") for number in (1, 2)]
    assert ways_in(noble, ENDPOINTS).splitlines()[:3] == [
        "Up: noble-1 (10.0.0.1), noble-2 (10.0.0.2)",
        "noble is a stand-in: Debian trixie whose os-release says Ubuntu 24.04.",
        "",
    ]
    assert "stand-in" not in ways_in(HOSTS, ENDPOINTS)


def test_a_name_that_no_host_has_is_refused() -> None:
    check_known(["trixie-2", "trixie-1"], HOSTS)
    with pytest.raises(UsageError) as refusal:
        check_known(["trixie-1", "trixi-1"], HOSTS)
    assert str(refusal.value) == "There is no disposable host 'trixi-1'.\nDid you mean trixie-1?"


def test_a_table_has_straight_columns() -> None:
    assert table([("NAME", "STATE"), ("a", "down"), ("longer", "up")]) == "NAME    STATE\na       down\nlonger  up\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_all_hosts_go_only_after_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    agree(["a", "b"])
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    with pytest.raises(UsageError, match="Nothing was removed"):
        agree(["a", "b"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(UsageError, match="no terminal to ask on"):
        agree(["a", "b"])
