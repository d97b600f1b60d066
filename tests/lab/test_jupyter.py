"""Jupyter on a real host, behind a tunnel: its token, its files, its name, and what goes wrong.

The images are stand-ins with Debian's own jupyter-server.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from lab import Host
from tests.lab.driving import Gpudock, attempt, look
from tests.lab.reaching import within

IMAGE = "jupyter/base-notebook"
OPEN_BY_ITSELF = "ufoym/deepo:all-jupyter"
NAME = "jupyter-admin"
FOLDER = "/home/admin/my notebooks, old"
ABSENT = "the registry of jupyter/no-such-notebook does not answer"
"""The lab's registry has it not, and Docker then asks its own, which a lab host cannot reach."""

pytestmark = pytest.mark.usefixtures("notebook_images")


def asked(url: str, path: str = "api/contents", *, token: str = "", body: object = None) -> int:
    """Return the status that Jupyter answers with, past every proxy of the environment."""
    parts = urlsplit(url)
    request = urllib.request.Request(f"{parts.scheme}://{parts.netloc}/{path}", method="PUT" if body else "GET")
    if token:
        request.add_header("Authorization", f"token {token}")
    data = json.dumps(body).encode() if body else None
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, data, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def token_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["token"][0]


def line(process: subprocess.Popen[str]) -> str:
    """Return the address that the task prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def container(host: Host) -> str:
    return look(host, f"docker inspect -f '{{{{.Id}}}} {{{{.State.Status}}}}' {NAME}").strip()


def up(gpudock: Gpudock, host: Host, *options: str) -> tuple[int, str]:
    said = gpudock.run("jupyter.up", f"admin@{host.name}", "--detach", "--dir", FOLDER, *options)
    return said.code, said.all


@pytest.fixture(scope="module")
def started(ready_host: Host, gpudock: Gpudock) -> Iterator[Host]:
    """A host on which Jupyter was started."""
    look(ready_host, f"install -d -o admin -g admin '{FOLDER}'")
    code, said = up(gpudock, ready_host, "--image", IMAGE, "--gpus", "0")
    assert code == 0, said
    yield ready_host
    look(ready_host, f"docker rm -f {NAME} {NAME}-before; rm -rf /home/admin/.local/state/gpudock")


@pytest.fixture
def held(started: Host, gpudock: Gpudock) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The tunnel to it, and the address that it prints."""
    with within(60), gpudock.running("jupyter.url", f"admin@{started.name}") as process:
        yield process, line(process)


def test_it_serves_its_owner_alone(started: Host, held: tuple[subprocess.Popen[str], str]) -> None:
    """Red when the token is not read from its file, or the port is published to the world."""
    process, url = held
    assert asked(url) == 403
    assert asked(url, token="wrong") == 403
    note = {"type": "file", "format": "text", "content": "hello"}
    assert asked(url, "api/contents/note.txt", token=token_of(url), body=note) == 201
    assert look(started, f"stat -c '%U %s' '{FOLDER}/note.txt'").split() == ["admin", "5"]
    assert "0.0.0.0" not in look(started, f"docker port {NAME}")
    assert "GPU" in look(started, f"docker exec {NAME} nvidia-smi -L")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
    assert container(started).endswith(" running")


def test_the_token_is_nowhere_but_in_its_file(started: Host, held: tuple[subprocess.Popen[str], str]) -> None:
    """Red when it travels in argv or environment, or without the record factory in Jupyter's configuration."""
    _, url = held
    token = token_of(url)
    assert len(token) >= 43
    assert asked(url, f"?token={token}") in (200, 404)
    assert asked(url, f"no/such/page?token={token}") == 404
    places = {
        "inspect": f"docker inspect {NAME}",
        "log": f"docker logs {NAME}",
        "processes": "ps -eo args",
        "environment": "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; true",
        "journal": "journalctl --no-pager",
    }
    assert {name for name, script in places.items() if token in look(started, script)} == set()
    assert "no/such/page" in look(started, f"docker logs {NAME} 2>&1")
    path = f"/home/admin/.local/state/gpudock/secrets/{NAME}"
    assert token in look(started, f"cat {path}")
    assert attempt(started, f"cat {path}", user="guest").returncode != 0
    assert look(started, f"stat -c %a {path}").strip() == "444"


def test_a_cut_connection_comes_back(started: Host, held: tuple[subprocess.Popen[str], str]) -> None:
    process, url = held
    attempt(started, "pkill -u admin sshd-session || pkill -u admin sshd")
    assert process.stderr
    assert any("connected again" in said for said in process.stderr)
    assert asked(url, token=token_of(url)) == 200


def test_the_same_again_does_nothing_and_another_is_told(started: Host, gpudock: Gpudock) -> None:
    """Red when the asked-for is not kept as a label."""
    before = container(started)
    assert up(gpudock, started, "--image", IMAGE, "--gpus", "0")[0] == 0
    code, said = up(gpudock, started, "--image", IMAGE, "--gpus", "none")
    assert code == 64
    assert "gpus: " in said
    assert "-> none" in said
    assert "--recreate" in said
    assert container(started) == before


def test_a_stopped_one_starts_again(started: Host, gpudock: Gpudock) -> None:
    """Red when the token changes, or the container is made anew."""
    before = container(started).split()[0]
    look(started, f"docker stop -t 1 {NAME}")
    refused = gpudock.run("jupyter.url", f"admin@{started.name}")
    assert refused.code == 64
    assert "does not run (exited)" in refused.err
    assert up(gpudock, started, "--image", IMAGE, "--gpus", "0")[0] == 0
    assert container(started) == f"{before} running"


def test_what_fails_leaves_the_old_one(started: Host, gpudock: Gpudock) -> None:
    """Red when `_set_aside` removes the old container before the new one answers."""
    before = container(started)
    code, said = up(gpudock, started, "--image", "nvidia/cuda:12.2.2-base-ubuntu22.04", "--recreate")
    assert code == 70, said
    assert "ended with exit code 127" in said
    assert container(started) == before
    code, said = up(gpudock, started, "--image", "jupyter/no-such-notebook", "--recreate")
    assert (code, ABSENT in said) == (70, True), said
    assert container(started) == before


def test_an_image_that_is_open_by_itself_is_not(started: Host, gpudock: Gpudock) -> None:
    """Red when the image's own start command is kept."""
    before = container(started)
    code, said = up(gpudock, started, "--image", OPEN_BY_ITSELF, "--gpus", "none", "--recreate")
    assert code == 0, said
    assert container(started) != before
    with within(30), gpudock.running("jupyter.url", f"admin@{started.name}") as process:
        url = line(process)
        assert asked(url) == 403
        assert asked(url, token=token_of(url)) == 200
    assert NAME + "-before" not in look(started, "docker ps -a --format '{{.Names}}'")


def test_refusals_make_nothing(started: Host, gpudock: Gpudock) -> None:
    """Red when a refusal comes after the first change."""
    before = look(started, "docker ps -aq; ls -R /home/admin/.local/state/gpudock")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        code, said = up(gpudock, started, "--image", IMAGE, "--name", "other", "--port", port)
    assert (code, f"Port {port} of this machine is taken." in said, "is free: " in said) == (64, True, True)
    code, said = up(gpudock, started, "--image", "jupyter/no-such-notebook", "--name", "other")
    assert (code, ABSENT in said) == (70, True), said
    for options, words in (
        (("--dir", "/no/such/folder"), "there is no such folder"),
        (("--dir", "/root/.ssh"), "is closed to you"),
        (("--gpus", "77"), "names no GPU of this host"),
        (("--name", "a b"), "not a name that Docker takes"),
        (("--port", "70000"), "no port from 1 to 65535"),
    ):
        code, said = up(gpudock, started, "--image", IMAGE, "--name", "other", *options)
        assert (code, words in said) == (64, True), said
    look(started, "docker create --name other hello-world")
    code, said = up(gpudock, started, "--image", IMAGE, "--name", "other", "--recreate")
    assert (code, "not gpudock's" in said) == (64, True), said
    look(started, "docker rm other")
    assert look(started, "docker ps -aq; ls -R /home/admin/.local/state/gpudock") == before


def test_down_leaves_the_notebooks(started: Host, gpudock: Gpudock) -> None:
    """The last one: it takes the container of this module away."""
    assert gpudock.run("jupyter.logs", f"admin@{started.name}").code == 0
    said = gpudock.run("jupyter.down", f"admin@{started.name}")
    assert said.code == 0, said.all
    assert attempt(started, f"docker inspect {NAME}").returncode != 0
    assert look(started, "ls -A /home/admin/.local/state/gpudock/secrets") == ""
    assert look(started, f"cat '{FOLDER}/note.txt'") == "hello"
    gone = gpudock.run("jupyter.url", f"admin@{started.name}")
    assert (gone.code, "there is no jupyter-admin" in gone.err) == (64, True)
