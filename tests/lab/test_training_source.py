"""`train.start --repo` on a real host: fetched by the image's git with the forwarded agent, which leaves no trace."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import lab
from lab import Endpoints, Host
from tests.lab.driving import Gpudock, Said, attempt, look
from tests.lab.git_server import serving
from tests.lab.reaching import LAB_KEY

IMAGE = "t/git"
# The image is a stand-in for one with git: the host's own git and ssh, and what they need of its system.
MAKE_IMAGE = f"""
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends git >/dev/null &&
tar -C / --one-file-system -c --exclude=usr/lib/modules --exclude=usr/lib/firmware --exclude=usr/lib/python3 \
  bin lib lib64 usr/bin/sh usr/bin/dash usr/bin/git usr/bin/ssh usr/bin/cat usr/bin/chown usr/bin/ls usr/bin/rm \
  usr/lib usr/lib64 etc/passwd tmp | docker import - {IMAGE}
"""
SERVER = "10.77.0.1"  # not the bridge's, which other tests may have moved
MAKE_REPOSITORY = f"""
rm -rf source && git init -q -b main source && cd source && git config user.email a@b.invalid && git config user.name a
echo 'echo trained >result; exit 3' >train.sh && git add . && git commit -q -m first && git rev-parse HEAD
mkdir -p ~/.ssh && ssh-keyscan -t ed25519 {SERVER} 2>/dev/null >~/.ssh/known_hosts
"""
URL = f"ssh://admin@{SERVER}/home/admin/source"


@pytest.fixture(scope="module")
def commit(ready_host: Host) -> Iterator[str]:
    """A repository on the host, which only a key opens; its commit."""
    look(ready_host, f"ip address replace {SERVER}/32 dev lo")
    look(ready_host, MAKE_IMAGE)
    yield look(ready_host, MAKE_REPOSITORY, user="admin").strip()
    look(
        ready_host,
        f"docker ps -aq | xargs -r docker rm -f; docker rmi -f {IMAGE}; rm -rf ~admin/source ~admin/.ssh/known_hosts",
    )


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent of this machine that holds the key."""
    said = subprocess.run(("ssh-agent", "-s"), capture_output=True, text=True, check=True).stdout
    variables = dict(re.findall(r"(SSH_\w+)=([^;]+);", said))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    subprocess.run(("ssh-add", "-q", str(LAB_KEY)), check=True, env={**os.environ, **variables})
    yield
    subprocess.run(("ssh-agent", "-k"), check=True, env={**os.environ, **variables}, capture_output=True)


def start(gpudock: Gpudock, host: Host, *words: str) -> Said:
    command = ("--gpus", "none", *words, "--", "sh", "train.sh")
    return gpudock.run("train.start", f"admin@{host.name}", "--image", IMAGE, *command)


def test_a_commit_is_fetched_recorded_and_run(ready_host: Host, gpudock: Gpudock, commit: str, agent: None) -> None:
    """Red when the agent does not reach the container that fetches, or reaches the one that trains."""
    said = start(gpudock, ready_host, "--name", "one", "--repo", URL, "--ref", "main")
    assert (said.code, said.out) == (0, "one\n"), said.all
    assert gpudock.run("train.wait", "one", "--host", f"admin@{ready_host.name}").code == 3
    inspected = look(ready_host, "docker inspect one")
    assert f'"gpudock.commit": "{commit}"' in inspected
    assert "agent" not in inspected
    owners = look(ready_host, "stat -c %U .local/share/gpudock/checkouts/one/*", user="admin")
    assert owners == "admin\n" * 2
    assert look(ready_host, "docker ps -aq --filter label=gpudock.kind=fetch") == ""
    again = start(gpudock, ready_host, "--name", "one", "--repo", URL, "--ref", "main")
    assert "has run, and ended with 3: nothing to do" in again.err
    by_commit = start(gpudock, ready_host, "--name", "two", "--repo", URL, "--ref", commit)
    assert by_commit.code == 0, by_commit.all


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--repo", URL, "--ref", "nope"), 64, "no branch, tag or commit nope"),
        (("--repo", f"{URL}-gone"), 64, "no such repository"),
        (("--repo", "https://token@host/x"), 64, "it holds a token"),
        (("--repo", URL, "--dir", "."), 64, "exclude each other"),
        (("--repo", "https://127.0.0.1:9/x"), 70, "does not answer"),
    ],
)
def test_what_cannot_be_fetched_leaves_nothing(
    ready_host: Host, gpudock: Gpudock, commit: str, agent: None, words: tuple[str, ...], code: int, message: str
) -> None:
    said = start(gpudock, ready_host, "--name", "three", *words)
    assert said.code == code, said.all
    assert message in said.err
    assert attempt(ready_host, "docker inspect three").returncode == 1
    assert "three" not in look(ready_host, "ls .local/share/gpudock/checkouts 2>/dev/null || true", user="admin")


def test_without_the_key_or_a_known_server(ready_host: Host, gpudock: Gpudock, commit: str, agent: None) -> None:
    """Red when a server's key is taken unseen, or the refusal is git's riddle."""
    look(ready_host, "mv .ssh/known_hosts .ssh/known", user="admin")
    said = start(gpudock, ready_host, "--name", "three", "--repo", URL)
    assert (said.code, "does not know the key" in said.err) == (77, True), said.all
    look(ready_host, "mv .ssh/known .ssh/known_hosts", user="admin")
    subprocess.run(("ssh-add", "-q", "-D"), check=True)
    said = start(gpudock, ready_host, "--name", "three", "--repo", URL)
    assert (said.code, "does not let you in" in said.err) == (77, True), said.all


def test_an_image_without_git(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when that is a shell's `not found`."""
    cuda = "nvidia/cuda:12.2.2-base-ubuntu22.04"
    words = ("--image", cuda, "--gpus", "none", "--repo", "https://host/x", "--", "true")
    said = gpudock.run("train.start", f"admin@{ready_host.name}", *words)
    assert (said.code, f"{cuda} has no git" in said.err) == (70, True), said.all


PASSWORD = "pass-word-of-nobody"


@pytest.fixture
def known_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home in which git's own helper knows the password; its store is given."""
    store = tmp_path / "credentials"
    (tmp_path / ".gitconfig").write_text(f"[credential]\n\thelper = store --file {store}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / ".gitconfig"))
    yield store


def test_a_password_of_the_credential_helper_opens_it_and_is_seen_nowhere(
    ready_host: Host, gpudock: Gpudock, commit: str, lab_endpoints: Endpoints, tmp_path: Path, known_password: Path
) -> None:
    """Red when the helper of this machine is not asked, or what it says stays on the host."""
    archive = subprocess.run(
        ("ssh", "-F", str(lab.ssh_config()), f"admin@{ready_host.name}", "tar -c source"),
        capture_output=True,
        check=True,
    ).stdout
    subprocess.run(("tar", "-x", "--no-same-owner", "-C", str(tmp_path)), input=archive, check=True)
    address = str(urlsplit(lab_endpoints.registry_mirror).hostname)
    with serving(address, tmp_path, "ann", PASSWORD) as url:
        refused = start(gpudock, ready_host, "--name", "four", "--repo", f"{url}/source", "--ref", "main")
        assert (refused.code, "wants another password" in refused.err) == (77, True), refused.all
        parts = urlsplit(url)
        known_password.write_text(f"{parts.scheme}://ann:{PASSWORD}@{parts.netloc}\n")
        said = start(gpudock, ready_host, "--name", "four", "--repo", f"{url}/source", "--ref", "main")
    assert said.code == 0, said.all
    assert f"at commit {commit}" in said.err
    assert PASSWORD not in said.all
    assert PASSWORD not in look(ready_host, "docker inspect four; docker logs four 2>&1; journalctl --since=-2min")
    assert attempt(ready_host, f"grep -r {PASSWORD} ~admin/.local ~admin/.cache").returncode == 1
