"""Getting in: keys, the agent, and a sentence for each way in which a host cannot be reached."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from lab import Host
from provisioning.errors import AccessDenied, Unreachable
from provisioning.runners.model import Access, Elevation
from tests.lab.conftest import RaiseHost
from tests.lab.reaching import WHO, access, host_key, on, said, within

LOGIN = Elevation.LOGIN_USER


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="identity")


@pytest.fixture
def way(host: Host, tmp_path: Path) -> Access:
    """Return an access that knows the host but no key."""
    (tmp_path / "known_hosts").write_text(f"{host.address} {host_key(host)}\n")
    config = tmp_path / "config"
    config.write_text(
        f"Host mine\n  HostName {host.address}\n  User root\n  IdentityFile {tmp_path / 'none'}\n"
        f"  UserKnownHostsFile {tmp_path / 'known_hosts'}\n"
    )
    return access(config=config)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Run an agent of our own; no other one is asked."""
    place = tmp_path / "agent"
    monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
    with subprocess.Popen(("ssh-agent", "-D", "-a", str(place)), stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # it says where it listens once it does
        yield place
        process.terminate()


def make_key(path: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    subprocess.run(("ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)), check=True)
    return path


def let_in(host: Host, key: Path) -> None:
    on(host, "cat >>/root/.ssh/authorized_keys", stdin=key.with_suffix(".pub").read_bytes())


def give_to_agent(key: Path, passphrase: str, directory: Path) -> None:
    ask = directory / "ask"
    ask.write_text(f"#!/bin/sh\necho {passphrase}\n")
    ask.chmod(0o700)
    environment = {**os.environ, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(("ssh-add", "-q", str(key)), env=environment, check=True, capture_output=True)


def refused(way: Access, address: str = "mine") -> AccessDenied:
    with pytest.raises(AccessDenied) as refusal:
        said(address, "true", LOGIN, way)
    return refusal.value


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_key_named_on_the_command_line(host: Host, way: Access, tmp_path: Path, kind: str) -> None:
    """Red when `question` leaves out `-i`."""
    key = make_key(tmp_path / "key", kind=kind)
    assert f"{key}: refused" in refused(replace(way, identity=key)).message
    let_in(host, key)
    assert said("mine", WHO, LOGIN, replace(way, identity=key)) == b"|root"


def test_an_encrypted_key_needs_the_agent(host: Host, way: Access, agent: Path, tmp_path: Path) -> None:
    """Red when `_keys` stops at a key that it cannot load, or does not ask the agent."""
    key = make_key(tmp_path / "key", "passphrase")
    let_in(host, key)
    with_key = replace(way, identity=key)
    assert f"{key}: not tried, it is encrypted (`ssh-add {key}`" in refused(with_key).message
    give_to_agent(key, "passphrase", tmp_path)
    assert said("mine", WHO, LOGIN, with_key) == b"|root"


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_keys_of_the_agent(host: Host, way: Access, agent: Path, tmp_path: Path, kind: str) -> None:
    """Red when `_AgentAt` does not connect: the agent of the configuration is another than the environment's."""
    key = make_key(tmp_path / "key", "passphrase", kind)
    let_in(host, key)
    give_to_agent(key, "passphrase", tmp_path)
    assert said("mine", WHO, LOGIN, way) == b"|root"
    assert way.ssh_config
    before = way.ssh_config.read_text()
    os.environ["SSH_AUTH_SOCK"] = str(tmp_path / "nobody")
    assert "No key was found" in refused(way).message
    way.ssh_config.write_text(f"{before}  IdentityAgent {agent}\n")
    assert said("mine", WHO, LOGIN, way) == b"|root"
    way.ssh_config.write_text(f"{before}  IdentityAgent {agent}\n  IdentitiesOnly yes\n")
    assert "No key was found" in refused(way).message


def test_a_host_that_allows_one_key(host: Host, way: Access, tmp_path: Path) -> None:
    """Red when `authenticate` goes on after the host hung up: paramiko then waits or fails in its own words."""
    keys = [make_key(tmp_path / f"key{number}") for number in range(3)]
    assert way.ssh_config
    with way.ssh_config.open("a") as config:
        config.writelines(f"  IdentityFile {key}\n" for key in keys)
    on(host, "echo MaxAuthTries 1 >/etc/ssh/sshd_config.d/tries.conf; systemctl restart ssh")
    try:
        message = refused(way).message
    finally:
        on(host, "rm /etc/ssh/sshd_config.d/tries.conf; systemctl restart ssh")
    assert message.splitlines()[1:] == [
        f"  {keys[0]}: refused",
        "The host hung up: it allows only so many keys per connection.",
    ]


def test_who_is_not_let_in_learns_user_keys_and_ways_on(host: Host, way: Access, tmp_path: Path) -> None:
    """Red when paramiko's own error comes through."""
    refusal = refused(replace(way, identity=make_key(tmp_path / "key")), "nobody@mine")
    assert refusal.message.splitlines() == [
        f"nobody@mine ({host.address}) does not let user 'nobody' in.",
        f"  {tmp_path / 'key'}: refused",
    ]
    assert f"ssh-copy-id -p 22 nobody@{host.address}" in refusal.hint


def unreachable(address: str, way: Access) -> str:
    with pytest.raises(Unreachable) as refusal:
        said(address, "true", LOGIN, way)
    return refusal.value.message


def test_nothing_listens(host: Host, way: Access) -> None:
    """Red when `_what_network` has no sentence for a refused connection."""
    assert unreachable(f"{host.address}:9", way).endswith("nothing listens on port 9.")


def test_no_such_name(way: Access) -> None:
    """Red when gaierror is told as any OSError."""
    assert "the name nowhere.invalid does not resolve" in unreachable("nowhere.invalid", way)


def test_no_machine_there(host: Host, way: Access) -> None:
    """Red when EHOSTUNREACH has no sentence, or the timeout does not bound the attempt."""
    nobody = host.address.rpartition(".")[0] + ".254"
    message = unreachable(nobody, replace(way, connect_timeout=4))
    assert "no answer within 4 seconds" in message or f"there is no route to {nobody}" in message


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_what_answers_is_no_ssh_server(way: Access, words: bytes) -> None:
    """Red when `banner_timeout` is left at paramiko's 15 seconds."""
    with answering(words) as port, within(6):
        assert "what answers is no SSH server" in unreachable(f"127.0.0.1:{port}", replace(way, connect_timeout=2))


ALONE = """
import sys
from provisioning.errors import Unreachable
from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.model import Access, Elevation
try:
    list(connect(parse_host(sys.argv[1]), Access(connect_timeout=2)).run("true", Elevation.ROOT))
except Unreachable as error:
    print("told:", error)
"""


def test_the_terminal_sees_one_sentence_and_no_traceback() -> None:
    """Red without the NullHandler: Python then prints what paramiko logs. In a process without pytest's handlers."""
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        argv = (sys.executable, "-c", ALONE, f"127.0.0.1:{port}")
        done = subprocess.run(argv, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("told: ")
    assert done.stderr == ""


@contextmanager
def answering(words: bytes) -> Iterator[int]:
    """Listen on a port, say `words` to the first caller, and stay until he hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_answer, args=(server, words), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def _answer(server: socket.socket, words: bytes) -> None:
    connection, _ = server.accept()
    with connection, suppress(ConnectionResetError):
        connection.sendall(words)
        while connection.recv(1024):
            pass
