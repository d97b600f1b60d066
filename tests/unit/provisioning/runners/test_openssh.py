"""How OpenSSH is asked, and what stands in for it where it is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from provisioning.errors import UsageError
from provisioning.hosts import parse_host
from provisioning.runners.model import Access
from provisioning.runners.openssh import ask, question


@pytest.mark.parametrize(
    ("text", "access", "argv"),
    [
        ("gpu1", Access(), "ssh -G -- gpu1"),
        ("[::1]:22", Access(), "ssh -G -p 22 -- ::1"),
        ("ubuntu@gpu1:7", Access(), "ssh -G -l ubuntu -p 7 -- gpu1"),
        ("gpu1", Access(identity=Path("k"), ssh_config=Path("c")), "ssh -G -F c -i k -- gpu1"),
    ],
)
def test_question(text: str, access: Access, argv: str) -> None:
    assert question(parse_host(text), access) == tuple(argv.split())


@pytest.mark.parametrize(
    ("option", "access"),
    [("--identity", Access(identity=Path("/missing"))), ("--ssh-config", Access(ssh_config=Path("/missing")))],
)
def test_files_that_are_not_there_are_named_with_their_option(option: str, access: Access) -> None:
    with pytest.raises(UsageError, match=f"{option} '/missing': there is no such file") as refusal:
        ask(parse_host("gpu1"), access)
    assert refusal.value.exit_code == 64


def answered(monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str = "") -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    done = subprocess.CompletedProcess[str]((), code, out, err)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)


def test_the_answer_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, 0, "hostname gpu1\n", "Pseudo-terminal will not be allocated\n")
    assert ask(parse_host("gpu1"), Access()) == "hostname gpu1\n"


def test_no_letter_of_ssh_stops_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when its answer is read strictly: a file may be named in Latin-1."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")

    def run(*_: object, encoding: str, errors: str, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess((), 0, b"identityfile /k\xfcy\n".decode(encoding, errors), "")

    monkeypatch.setattr(subprocess, "run", run)
    assert ask(parse_host("gpu1"), Access()).encode(errors="surrogateescape") == b"identityfile /k\xfcy\n"


def test_what_ssh_refuses_is_said_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, 255, "", "c: line 1: Bad configuration option: foo\nPseudo-terminal will not\n")
    with pytest.raises(UsageError) as refusal:
        ask(parse_host("gpu1"), Access())
    assert refusal.value.message.endswith("refuses its configuration: c: line 1: Bad configuration option: foo")


def test_without_openssh_its_defaults_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("LOGNAME", "me")
    assert ask(parse_host("GPU1"), Access()).splitlines() == [
        "hostname gpu1",
        "user me",
        "port 22",
        "identityfile ~/.ssh/id_ed25519",
        "identityfile ~/.ssh/id_ecdsa",
        "identityfile ~/.ssh/id_rsa",
        "userknownhostsfile ~/.ssh/known_hosts",
    ]


def test_without_openssh_the_identity_stands_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (tmp_path / "key").write_text("")
    answer = ask(parse_host("gpu1"), Access(identity=tmp_path / "key"))
    assert [line for line in answer.splitlines() if "identityfile" in line] == [f"identityfile {tmp_path / 'key'}"]


def test_without_openssh_nobody_reads_its_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (tmp_path / "config").write_text("")
    with pytest.raises(UsageError, match="--ssh-config"):
        ask(parse_host("gpu1"), Access(ssh_config=tmp_path / "config"))
