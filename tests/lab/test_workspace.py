"""A workspace on a real host: it comes back after a restart, and its packages travel with the project.

The image is a stand-in with Debian's own jupyter-server.
"""

from __future__ import annotations

import base64
import io
import os
import pty
import signal
import subprocess
import zipfile
from collections.abc import Iterator

import pytest

from lab import Host
from tests.lab.driving import Gpudock, attempt, look
from tests.lab.reaching import within
from tests.lab.test_jupyter import asked

NAME = "workspace-admin"
FOLDER = "/home/admin/workspace"
SECRET = f"/home/admin/.local/state/gpudock/secrets/{NAME}"
WHEEL = "demo_package-1.0-py3-none-any.whl"

pytestmark = pytest.mark.usefixtures("notebook_images")


def up(gpudock: Gpudock, host: Host, *options: str) -> tuple[int, str]:
    said = gpudock.run("workspace.up", f"admin@{host.name}", "--detach", *options)
    return said.code, said.all


def inspected(host: Host, form: str) -> str:
    return look(host, f"docker inspect -f '{form}' {NAME}").strip()


@pytest.fixture(scope="module")
def started(ready_host: Host, gpudock: Gpudock) -> Iterator[Host]:
    code, said = up(gpudock, ready_host, "--gpus", "0")
    assert code == 0, said
    assert "belongs to root" in said
    yield ready_host
    look(ready_host, f"docker rm -f {NAME}; rm -rf /home/admin/.local/state/gpudock {FOLDER}")


def wheel() -> bytes:
    """Make a package that pip installs without a network."""
    packed, info = io.BytesIO(), "demo_package-1.0.dist-info"
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("demo_package.py", "answer = 42\n")
        files.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: demo-package\nVersion: 1.0\n")
        files.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        files.writestr(f"{info}/RECORD", f"demo_package.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return packed.getvalue()


def test_it_is_made_as_it_should_be(started: Host) -> None:
    """Red when the health line, the restart policy or the shared memory is lost on the way."""
    assert inspected(started, "{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Privileged}}") == "unless-stopped false"
    half = int(look(started, "awk '/^MemTotal/ {print int($2 * 1024 / 2)}' /proc/meminfo"))
    assert int(inspected(started, "{{.HostConfig.ShmSize}}")) == min(half, 64 << 30)
    assert "127.0.0.1:" in look(started, f"docker port {NAME}")
    assert "0.0.0.0" not in look(started, f"docker port {NAME}")
    look(
        started, f"docker exec {NAME} sh -c \"$(docker inspect -f '{{{{index .Config.Healthcheck.Test 1}}}}' {NAME})\""
    )
    password = look(started, f"cat {SECRET}")
    assert len(password) >= 43
    for script in (f"docker inspect {NAME}", f"docker logs {NAME} 2>&1", "ps -eo args"):
        assert password not in look(started, script)


def test_it_comes_back_after_a_restart(started: Host, gpudock: Gpudock) -> None:
    """Red without a restart policy, or when the tunnel leads to the port from before the restart."""
    look(started, "systemctl restart docker")
    with within(60), gpudock.running("workspace.url", f"admin@{started.name}") as process:
        assert process.stdout
        url, _, password = process.stdout.readline().split()
        assert asked(url) == 403
        assert asked(url, token=password) == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_the_same_again_does_nothing_and_another_is_told(started: Host, gpudock: Gpudock) -> None:
    before = inspected(started, "{{.Id}}")
    assert up(gpudock, started, "--gpus", "0")[0] == 0
    code, said = up(gpudock, started, "--gpus", "none", "--dir", "/home/admin")
    assert code == 64
    assert "mounts: " in said
    assert "gpus: " in said
    assert inspected(started, "{{.Id}}") == before


def test_packages_travel_with_the_project(started: Host, gpudock: Gpudock) -> None:
    """Red when the file is not the login user's, or is not put in its place whole."""
    login = f"admin@{started.name}"
    none = gpudock.run("workspace.env-restore", login)
    assert (none.code, "has no environment.yml or requirements.txt" in none.err) == (64, True), none.all
    look(started, f"base64 -d >{FOLDER}/{WHEEL}", stdin=base64.b64encode(wheel()).decode())
    look(started, f"echo ./{WHEEL} >{FOLDER}/requirements.txt")
    restored = gpudock.run("workspace.env-restore", login)
    assert restored.code == 0, restored.all
    assert look(started, f"docker exec {NAME} python3 -c 'import demo_package as d; print(d.answer)'") == "42\n"
    saved = gpudock.run("workspace.env-save", login)
    assert saved.code == 0, saved.all
    lines = look(started, f"cat {FOLDER}/requirements.txt").splitlines()
    assert "demo-package==1.0" in lines or "demo_package==1.0" in lines
    assert f"{len(lines)} packages" in saved.err
    assert look(started, f"stat -c %U {FOLDER}/requirements.txt") == "admin\n"
    assert "gpudock" not in look(started, f"ls -A {FOLDER}")


def test_what_cannot_be_saved_changes_nothing(started: Host, gpudock: Gpudock) -> None:
    """Red when the old file is opened for writing before there is something to write."""
    login = f"admin@{started.name}"
    before = look(started, f"cat {FOLDER}/requirements.txt")
    conda = gpudock.run("workspace.env-save", login, "--with", "conda")
    assert (conda.code, "has no conda" in conda.err) == (70, True), conda.all
    look(started, f"chown root {FOLDER} && chmod 755 {FOLDER}")
    closed = gpudock.run("workspace.env-save", login)
    look(started, f"chown admin {FOLDER}")
    assert (closed.code, "cannot be written" in closed.err) == (70, True), closed.all
    assert look(started, f"cat {FOLDER}/requirements.txt") == before


def test_a_password_of_ones_own(started: Host, gpudock: Gpudock) -> None:
    """Red when `--ask` is forgotten where a container is replaced."""
    ours, theirs = pty.openpty()
    argv = gpudock.argv("workspace.up", f"admin@{started.name}", "--detach", "--ask", "--gpus", "none", "--recreate")
    process = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    with within(60), process:
        heard = b""
        while b"password for the workspace" not in heard:
            heard += os.read(ours, 1000)
        os.write(ours, b"chosen-by-me\n")
        assert process.wait(timeout=60) == 0
    assert b"chosen-by-me" not in heard
    assert look(started, f"cat {SECRET}") == "chosen-by-me"


def test_refusals_and_the_end(started: Host, gpudock: Gpudock) -> None:
    """The last one: it takes the container of this module away."""
    login = f"admin@{started.name}"
    code, said = up(gpudock, started, "--image", "jupyter/base-notebook")
    assert (code, "is not called so" in said) == (64, True), said
    code, said = up(gpudock, started, "--name", "other", "--dir", "/no/such/folder")
    assert (code, "there is no such folder" in said) == (64, True), said
    look(started, f"docker stop -t 1 {NAME}")
    stopped = gpudock.run("workspace.env-save", login)
    assert (stopped.code, "does not run (exited)" in stopped.err) == (64, True), stopped.all
    assert gpudock.run("workspace.logs", login).code == 0
    assert gpudock.run("workspace.down", login).code == 0
    assert attempt(started, f"docker inspect {NAME}").returncode != 0
    assert attempt(started, f"test -e {SECRET}").returncode != 0
    assert "requirements.txt" in look(started, f"ls {FOLDER}")
