"""Images built on a real engine from a folder here, pushed to a real registry, and removed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import lab
from lab import Endpoints, Host
from tests.lab.driving import Gpudock, Said, attempt, look

NAME = "127.0.0.1:5055/gpudock-test:1"
DOCKERFILE = """
FROM hello-world
ARG NPM_TOKEN
COPY . /work
CMD ["cat", "/work/data/keep"]
"""


def login(host: Host) -> tuple[str, str]:
    return "--host", f"admin@{host.name}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project under git."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keep").write_text("kept\n")
    (tmp_path / "data" / "drop").write_text("dropped\n")
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / ".dockerignore").write_text(".git\ndata/*\n!data/keep\nDockerfile\n")
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "first")):
        subprocess.run(("git", "-C", str(tmp_path), *words), check=True)
    return tmp_path


@pytest.fixture
def host(ready_host: Host) -> Iterator[Host]:
    yield ready_host
    attempt(ready_host, f"docker rmi -f {NAME} t-other $(docker image ls -qf dangling=true)")


@pytest.fixture
def registry(host: Host, lab_endpoints: Endpoints) -> Iterator[None]:
    """The lab's registry on a port of the host's loopback, where an engine asks for no certificate."""
    place = urlsplit(lab_endpoints.registry_mirror).netloc
    way = ("ssh", "-F", str(lab.ssh_config()), "-NR", f"127.0.0.1:5055:{place}", f"root@{host.name}")
    with subprocess.Popen(way) as tunnel:
        end = time.monotonic() + 20
        while attempt(host, "curl -sf http://127.0.0.1:5055/v2/").returncode:
            assert time.monotonic() < end
        yield
        tunnel.terminate()


def inspected(host: Host, form: str, name: str = NAME) -> str:
    return look(host, f"docker image inspect --format '{form}' {name}").strip()


def build(gpudock: Gpudock, host: Host, folder: Path, *options: str) -> Said:
    return gpudock.run("image.build", str(folder), *login(host), "--tag", NAME, *options)


def test_built_from_what_is_sent_and_labelled(host: Host, folder: Path, gpudock: Gpudock) -> None:
    """Red when the rules of .dockerignore are not ours to keep, or the label is left out."""
    said = build(gpudock, host, folder, "--check")
    assert said.code == 0, said.all
    head = subprocess.run(("git", "-C", str(folder), "rev-parse", "HEAD"), capture_output=True, text=True, check=True)
    label = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
    assert inspected(host, label) == head.stdout.strip()
    assert look(host, f"docker run --rm {NAME} find /work | sort").split() == [
        "/work",
        "/work/.dockerignore",
        "/work/Dockerfile",  # the engine needs it, whatever the rules say
        "/work/data",
        "/work/data/keep",
    ]
    (folder / "data" / "keep").write_text("changed\n")
    assert "recorded as dirty" in build(gpudock, host, folder).err
    assert inspected(host, label) == f"{head.stdout.strip()}-dirty"
    assert look(host, f"docker run --rm {NAME}") == "changed\n"


def test_what_shows_a_secret_is_neither_well_built_nor_pushed(host: Host, folder: Path, gpudock: Gpudock) -> None:
    """Red when the arguments of a build are not looked at, or the secret is printed."""
    (folder / "Dockerfile").write_text(f"{DOCKERFILE}RUN true\n")
    said = build(gpudock, host, folder, "--check", "--build-arg", "NPM_TOKEN=hunter22")
    assert (said.code, "NPM_TOKEN=***" in said.err) == (70, True), said.all
    pushed = gpudock.run("image.push", NAME, *login(host))
    assert (pushed.code, "NPM_TOKEN=***" in pushed.err) == (70, True), pushed.all
    shown = gpudock.run("image.history", NAME, *login(host))
    assert "NPM_TOKEN=***" in shown.out
    assert "hunter22" not in said.err.partition("error:")[2] + pushed.all + shown.all


def test_a_step_that_fails(host: Host, folder: Path, gpudock: Gpudock) -> None:
    """Red when the exit code of the build is lost in the stream."""
    (folder / "Dockerfile").write_text("FROM hello-world\nRUN false\n")
    said = build(gpudock, host, folder)
    assert (said.code, "was not built" in said.err) == (70, True), said.all


def test_pushed_by_a_login_that_is_gone_afterwards(
    host: Host, folder: Path, gpudock: Gpudock, registry: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Red when `docker login` writes where it always does, or the digest is another than the registry's."""
    assert build(gpudock, host, folder).code == 0
    argv = gpudock.argv("image.push", NAME, *login(host), "--user", "somebody")
    done = subprocess.run(
        argv, input="a-password\n", capture_output=True, text=True, check=False, env=os.environ, timeout=60
    )
    assert done.returncode == 0, done.stderr
    accept = "-H 'Accept: application/vnd.docker.distribution.manifest.v2+json'"
    answer = look(host, f"curl -sfI {accept} http://127.0.0.1:5055/v2/gpudock-test/manifests/1")
    [digest] = [line.split()[1] for line in answer.splitlines() if line.lower().startswith("docker-content-digest")]
    assert done.stdout == f"127.0.0.1:5055/gpudock-test@{digest}\n"
    assert attempt(host, "cat ~admin/.docker/config.json ~/.docker/config.json /tmp/tmp.*/config.json").returncode
    look(host, f"docker rmi -f {NAME}")
    pulled = gpudock.run("image.pull", NAME, *login(host))
    assert pulled.code == 0, pulled.all
    assert inspected(host, "{{.RepoDigests}}") == f"[{done.stdout.strip()}]"


def test_a_registry_that_is_not_there(host: Host, folder: Path, gpudock: Gpudock) -> None:
    """Red without the words of a refused connection."""
    assert build(gpudock, host, folder).code == 0
    said = gpudock.run("image.push", NAME, *login(host))
    assert (said.code, "the registry 127.0.0.1:5055 does not answer" in said.err) == (70, True), said.all
    look(host, f"docker rmi -f {NAME}")
    pulled = gpudock.run("image.pull", NAME, *login(host))
    assert (pulled.code, "does not answer" in pulled.err) == (70, True), pulled.all


def test_what_nothing_needs_is_shown_and_goes(host: Host, folder: Path, gpudock: Gpudock) -> None:
    """Red when more goes than was shown, or a container's image does."""
    names = []
    for text in ("a\n", "b\n", "c\n"):
        (folder / "data" / "keep").write_text(text)
        assert build(gpudock, host, folder).code == 0
        names.append(inspected(host, "{{.Id}}"))
        if text == "a\n":
            look(host, f"docker create --name t-prune {NAME}")
    try:
        shown = gpudock.run("image.prune", f"admin@{host.name}", "--dry-run")
        assert shown.out.endswith(f"docker image rm {names[1]}\n"), shown.all
        gone = gpudock.run("image.prune", f"admin@{host.name}", "--yes")
        assert gone.code == 0, gone.all
        listed = {each["id"]: each for each in gpudock.run("image.list", f"admin@{host.name}", "--json").json}
        assert names[1] not in listed
        assert listed[names[0]]["containers"] == ["t-prune"]
        assert listed[names[2]]["names"] == [NAME]
    finally:
        look(host, "docker rm t-prune")
