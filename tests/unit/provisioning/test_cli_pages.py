"""The pages that answer a command line which runs nothing: help, lists, the version, the welcome."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioning.listing import list_tasks
from provisioning.task_options import task_options
from provisioning.tasks.framing import FramedTask
from tasks import namespace
from tests.unit.provisioning.conftest import Program, Recorder

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("line", ["provision --help", "--help provision", "help provision", "provision h -h --yes"])
def test_help_of_a_task(gpudock: Program, line: str) -> None:
    ended = gpudock(*line.split())
    assert ended.code == 0
    page = re.sub(r"\s+", " ", ended.out)
    assert page.startswith("usage: gpudock provision [HOST] [options] Do the job. In more words.")
    for part in (
        "--gpu auto|yes|no what for (default: auto)",
        "--no-restart",
        "mirrors: --mirror URL repeatable",
        "reaching the host: --identity FILE",
        "--connect-timeout SECONDS how long to wait for a host to answer (default: 10)",
    ):
        assert part in page
    assert "--host" not in page


def test_help_of_words_and_dashes(gpudock: Program) -> None:
    assert gpudock("lab.ssh", "--help").out.startswith("usage: gpudock lab.ssh NAME [options] [-- ARGV ...]\n")
    assert "NAME 100 % of them (default: trixie)" in re.sub(r"\s+", " ", gpudock("help", "lab.list").out)


def test_a_number_that_stands_for_nothing_is_no_default() -> None:
    tasks = task_options(namespace)
    assert "default: 0" not in "".join(each.help() for each in tasks.values())


def test_one_line_of_options_fits_what_provisions_and_what_lists_versions() -> None:
    tasks = task_options(namespace)
    in_the_lab = {"ssh_config", "docker_source", "docker_key", "toolkit_source", "toolkit_key", "registry_mirror"}
    assert all(in_the_lab <= tasks[name].arguments.keys() for name in ("provision", "plan", "versions"))


@pytest.mark.parametrize("line", ["--list", "--help", "help", "-l", "-h"])
def test_list_shows_each_task_in_a_line(gpudock: Program, line: str) -> None:
    listed = (
        "Set up hosts:\n  provision  Do the job\n\n"
        "Try and test gpudock:\n  lab.list   List disposable hosts\n  lab.ssh    Log in\n"
    )
    assert gpudock(line).out.endswith(listed)


@pytest.mark.parametrize("line", ["--list lab", "--help lab", "help lab"])
def test_a_group_is_listed_alone(gpudock: Program, line: str) -> None:
    assert gpudock(*line.split()).out == "Lab:\n  lab.list  List disposable hosts\n  lab.ssh   Log in\n"


def test_plain_gpudock_says_what_to_run_first(gpudock: Program) -> None:
    ended = gpudock()
    assert ended.code == 0
    assert "./gpudock demo" in ended.out
    assert "./gpudock provision ubuntu@HOST" in ended.out


def test_the_version_is_that_of_the_project(gpudock: Program) -> None:
    project = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert project is not None
    assert gpudock("--version").out == f"gpudock {project[1]}\n"


def test_invoke_reads_the_same_tasks(recorder: Recorder) -> None:
    """Plain `inv provision --host h`: every option is there by name, none has a short flag of its own."""
    provision = recorder.collection()["provision"]
    assert isinstance(provision, FramedTask)
    names = [argument.names for argument in provision.get_arguments()]
    assert ("host",) in names
    assert ("connect-timeout",) in names
    assert all(len(spelled) == 1 for spelled in names)


def test_every_task_stands_under_a_heading_of_its_kind() -> None:
    listed = list_tasks(task_options(namespace))
    assert "More:" not in listed
