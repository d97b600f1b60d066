"""How verification is measured: what is called, and which output counts."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.programs import Converging
from benchmarks.verifying import ASSERTIONS, HOW_MANY, Assertions, Judging, Verify, copies
from checks import graph
from checks.recording import recorded
from provisioning.probe import from_json, to_json
from provisioning.probes.login import LOGIN
from provisioning.probes.machine import MACHINE
from tests.unit.benchmarks.test_programs import WAY
from tests.unit.checks.judged_host import HEALTHY


@pytest.mark.parametrize(
    ("program", "output", "well"),
    [
        (Verify(85), '{\n  "schema": 1,\n  "exit_code": 0,\n  "hosts": []', True),
        (Verify(85), '{\n  "schema": 1,\n  "exit_code": 2,\n  "hosts": []', False),
        (Assertions("ssh"), "............  [100%]\n12 passed in 2.31s\n", True),
        (Assertions("ssh"), "1 failed, 11 passed in 2.31s\n", False),
        (Assertions("ssh"), "11 passed, 1 error in 2.31s\n", False),
        (Judging(Path("/f"), "html"), "", True),
        (Judging(Path("/f"), "html"), "error: ", False),
    ],
)
def test_a_run_counts_only_when_all_was_found_well(program: Converging, output: str, well: bool) -> None:
    assert program.found_all_well(output) is well


def test_what_is_called(tmp_path: Path) -> None:
    assert "admin@b-1,admin@b-2" in Verify(85).program(["b-1", "b-2"], WAY, tmp_path).argv
    lab_config = tmp_path / "lab"
    lab_config.write_text("Host b-1\n    User root\n")
    way = replace(WAY, ssh_config=lab_config)
    argv = Assertions("paramiko").program(["b-1", "b-2"], way, tmp_path).argv
    assert "--hosts=paramiko://admin@b-1,paramiko://admin@b-2" in argv
    assert (tmp_path / "ssh_config").read_text() == "Host b-1\n    User admin\n"
    assert Judging(Path("/f"), "html").program([], WAY, tmp_path).argv[1:4] == ("verify", "--from", "/f")


def test_the_assertions_are_as_many_as_the_table_says() -> None:
    tree = ast.parse(ASSERTIONS.read_text(encoding="utf-8"))
    times = {"test_package": 5, "test_service": 2}
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    made = [
        times.get(function.name, 1) * sum(isinstance(node, ast.Assert) for node in ast.walk(function))
        for function in functions
    ]
    assert sum(made) == HOW_MANY


def test_saved_hosts_are_a_thousand_different_ones(tmp_path: Path) -> None:
    """Red when all copies are the same, or one is no facts file any more."""
    copies([to_json(recorded(HEALTHY, "admin@gpu1"))], 3, tmp_path)
    facts = [from_json(file.read_text(), file.name) for file in sorted(tmp_path.glob("*.json"))]
    assert len({json.dumps(each.answers["machine"].output) for each in facts}) == len(facts) == 3
    assert [each[LOGIN].user for each in facts] == ["user0", "user1", "user2"]
    assert all(each[MACHINE].arch == "amd64" for each in facts)
    assert {len(graph.judge(each, graph.all_checks())) for each in facts} == {len(graph.all_checks())}
