"""Containers in the VM of Docker Toolbox, on its stand-in: what a command finds there, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from lab.toolbox import simulator
from lab.toolbox.simulator import Toolbox
from tests.lab.driving import Said
from tests.lab.toolbox_driving import run
from tests.lab.toolbox_programs import ok


@pytest.fixture(scope="module")
def toolbox(guest_busybox: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolbox]:
    with simulator.simulator(guest_busybox, tmp_path_factory.mktemp("toolbox"), network="127.99.1") as begun:
        ok(begun.programs, "docker-machine", "start", "default")
        yield begun


@pytest.fixture(scope="module")
def project(toolbox: Toolbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("works") / "my project"
    folder.mkdir()
    (folder / "hello").write_text("from this machine\n")
    said = run(toolbox.programs, "toolbox.share", str(folder), "--restart", "now")
    assert said.code == 0, said.all
    return folder


def in_vm(toolbox: Toolbox, folder: Path, *words: str) -> Said:
    return run(toolbox.programs, "run", "busybox", "--host", "toolbox:default", "--dir", str(folder), *words)


def test_a_command_reads_and_writes_the_projects_files(toolbox: Toolbox, project: Path) -> None:
    """Red when the container sees an empty folder, another user's files, or the exit code is docker-machine's 1."""
    said = in_vm(toolbox, project, "--", "sh", "-c", "pwd; id -u; id -g; cat hello; echo back >made; exit 3")
    assert said.code == 3, said.all
    assert said.out.splitlines() == [str(project), "1000", "50", "from this machine"]
    assert (project / "made").read_text() == "back\n"


def test_dry_run_prints_the_command_for_the_vm(toolbox: Toolbox, project: Path) -> None:
    said = in_vm(toolbox, project, "--dry-run", "--", "cat", "hello")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("docker run --rm --init --interactive")
    assert "--user=1000:50" in said.out


def test_jupyter_answers_at_the_vms_address_to_whoever_has_its_token(toolbox: Toolbox, project: Path) -> None:
    """Red when the token's file is not on the VM's disk, the port is another address's, or the folder is an empty one.

    The server is the stand-in's own: it shows which folder it sees.
    """
    said = run(toolbox.programs, "jupyter.up", "toolbox:default", "--dir", str(project))
    assert said.code == 0, said.all
    url, _, token = said.out.strip().partition("?token=")
    assert url.startswith(f"http://{toolbox.machine().address}:")
    with urlopen(Request(f"{url}api/contents", headers={"Authorization": f"token {token}"}), timeout=10) as answer:
        seen = json.load(answer)
    assert (seen["folder"], "hello" in seen["names"]) == (str(project), True)
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"{url}api/contents", timeout=10)
    again = run(toolbox.programs, "jupyter.up", "toolbox:default", "--dir", str(project))
    assert again.out == said.out, again.all
    [listed] = run(toolbox.programs, "containers.list", "toolbox:default", "--json").json
    assert (listed["name"], listed["ports"][0]["open"]) == ("jupyter-docker", False)
    assert token not in str(listed)
    ok(toolbox.programs, "docker-machine", "stop", "default")
    ok(toolbox.programs, "docker-machine", "start", "default")
    moved = run(toolbox.programs, "jupyter.up", "toolbox:default", "--dir", str(project))
    assert (moved.code, f"{toolbox.machine().address}::8888" in moved.err) == (64, True), moved.all
    anew = run(toolbox.programs, "jupyter.up", "toolbox:default", "--dir", str(project), "--recreate")
    assert anew.out.startswith(f"http://{toolbox.machine().address}:"), anew.all
    assert anew.out.strip().endswith(token)
    assert run(toolbox.programs, "jupyter.down", "toolbox:default").code == 0
    assert toolbox.in_guest("find /var/lib/boot2docker/gpudock -name jupyter-docker -type f") == ""
    assert toolbox.machine().containers == []


def test_what_cannot_be_is_refused(toolbox: Toolbox, project: Path) -> None:
    said = in_vm(toolbox, project.parent, "--", "true")
    assert (said.code, f"toolbox.share {project.parent}" in said.err) == (64, True), said.all
    said = in_vm(toolbox, project, "--gpus", "all", "--", "true")
    assert (said.code, "no NVIDIA GPU" in said.err) == (70, True), said.all
    said = run(toolbox.programs, "provision", "toolbox:default", "--yes")
    assert (said.code, "is the VM of Docker Toolbox" in said.err) == (64, True), said.all
