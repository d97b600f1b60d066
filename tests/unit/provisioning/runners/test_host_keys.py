"""Verifying a host's key: refused with reasons, or remembered where the person asked for that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from paramiko import Ed25519Key, PKey, SSHClient
from paramiko.message import Message

from provisioning.errors import AccessDenied, UsageError
from provisioning.hosts import parse_host
from provisioning.runners.host_keys import VerifiedHostKey
from provisioning.runners.known_hosts import fingerprint, render
from provisioning.runners.model import Access
from provisioning.runners.ssh_config import Hop, read_hop


def key(number: int) -> PKey:
    return Ed25519Key(data=Message(_strings(b"ssh-ed25519", bytes([number]) * 32)).asbytes())


def _strings(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


MINE, OTHER = key(1), key(2)


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    return tmp_path / "ssh" / "known_hosts"


@pytest.fixture
def hop(known_hosts: Path) -> Hop:
    return read_hop(parse_host("gpu1"), Access(), f"hostname gpu1.example\nport 2222\nuserknownhostsfile {known_hosts}")


def offer(hop: Hop, offered: PKey) -> None:
    VerifiedHostKey(hop).missing_host_key(SSHClient(), "what paramiko calls it", offered)


def refused(hop: Hop, offered: PKey) -> AccessDenied:
    with pytest.raises(AccessDenied) as refusal:
        offer(hop, offered)
    return refusal.value


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_known(hop: Hop, known_hosts: Path) -> None:
    write(known_hosts, render("[gpu1.example]:2222", MINE.asbytes(), None))
    offer(hop, MINE)


def test_unknown_shows_the_fingerprint_and_the_two_ways_on(hop: Hop, known_hosts: Path) -> None:
    refusal = refused(hop, MINE)
    assert "the host's key is not known" in refusal.message
    assert f"ssh-ed25519 {fingerprint(MINE.asbytes())}" in refusal.message
    assert "--accept-new-host-keys" in refusal.hint
    assert f"ssh-keyscan -p 2222 gpu1.example >> {known_hosts}" in refusal.hint
    assert not known_hosts.exists()


@pytest.mark.parametrize("line", ["hostkeyalias pool", "proxycommand nc", "proxyjump jump"])
def test_what_ssh_keyscan_cannot_see_is_not_asked_of_it(line: str) -> None:
    hop = read_hop(parse_host("gpu1"), Access(), line)
    assert "log in once with ssh gpu1" in refused(hop, MINE).hint


def test_changed_says_so_loudly_and_names_the_line(hop: Hop, known_hosts: Path) -> None:
    write(known_hosts, "# mine\n" + render("[gpu1.example]:2222", MINE.asbytes(), None))
    refusal = refused(hop, OTHER)
    assert "THE HOST'S KEY HAS CHANGED" in refusal.message
    assert fingerprint(MINE.asbytes()) in refusal.message
    assert fingerprint(OTHER.asbytes()) in refusal.message
    assert f"{known_hosts}:2" in refusal.message
    assert f"ssh-keygen -R '[gpu1.example]:2222' -f {known_hosts}" in refusal.hint
    assert "--accept-new-host-keys" not in str(refusal)


def test_changed_is_never_accepted(hop: Hop, known_hosts: Path) -> None:
    text = render("[gpu1.example]:2222", MINE.asbytes(), None)
    write(known_hosts, text)
    refused(replace(hop, accept_new=True), OTHER)
    assert known_hosts.read_text() == text


def test_revoked_is_never_accepted(hop: Hop, known_hosts: Path) -> None:
    write(known_hosts, "@revoked " + render("*", MINE.asbytes(), None))
    assert "revoked" in refused(replace(hop, accept_new=True), MINE).message


def test_an_authority_is_named_as_not_supported(hop: Hop, known_hosts: Path) -> None:
    write(known_hosts, "@cert-authority " + render("[gpu1.example]:2222", OTHER.asbytes(), None))
    assert f"{known_hosts}:1 trusts an authority instead, which is not supported" in refused(hop, MINE).message


def test_a_new_key_is_remembered_once_for_its_owner_alone(hop: Hop, known_hosts: Path) -> None:
    accepting = replace(hop, accept_new=True)
    offer(accepting, MINE)
    offer(accepting, MINE)
    assert known_hosts.read_text() == render("[gpu1.example]:2222", MINE.asbytes(), None)
    assert known_hosts.stat().st_mode & 0o777 == 0o600
    assert known_hosts.parent.stat().st_mode & 0o777 == 0o700


def test_a_new_key_is_added_after_what_is_there(hop: Hop, known_hosts: Path) -> None:
    write(known_hosts, "# no line end")
    offer(replace(hop, accept_new=True), MINE)
    assert known_hosts.read_text() == "# no line end\n" + render("[gpu1.example]:2222", MINE.asbytes(), None)


def test_a_new_key_is_hashed_where_ssh_would(hop: Hop, known_hosts: Path) -> None:
    hashing = replace(hop, accept_new=True, hash_known_hosts=True)
    offer(hashing, MINE)
    assert known_hosts.read_text().startswith("|1|")
    offer(replace(hashing, accept_new=False), MINE)


def test_a_new_key_needs_a_file(hop: Hop) -> None:
    with pytest.raises(UsageError, match="no file for new keys"):
        offer(replace(hop, accept_new=True, writable_known_hosts=None), MINE)


def test_a_file_that_cannot_be_written_is_no_trouble_of_the_network(hop: Hop, tmp_path: Path) -> None:
    (tmp_path / "ssh").write_text("a file where the directory should be")
    with pytest.raises(AccessDenied, match="the new key cannot be added"):
        offer(replace(hop, accept_new=True, known_hosts=()), MINE)


def test_a_file_that_cannot_be_read_is_no_empty_file(hop: Hop, known_hosts: Path) -> None:
    known_hosts.mkdir(parents=True)
    assert "cannot be read" in refused(hop, MINE).message


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        ([], "ssh-ed25519"),
        (["ecdsa-sha2-nistp521"], "ecdsa-sha2-nistp521"),
        (["ssh-rsa"], "rsa-sha2-512"),
        (["sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256"], "ecdsa-sha2-nistp256"),
    ],
)
def test_the_types_that_are_known_are_asked_for_first(
    hop: Hop, known_hosts: Path, lines: list[str], first: str
) -> None:
    write(known_hosts, "".join(render("gpu1.example", _strings(kind.encode(), b"x"), None) for kind in lines))
    with VerifiedHostKey(hop).transport(Wire()) as transport:
        types = transport.get_security_options().key_types
    assert types[0] == first
    assert sorted(types) == sorted(set(types))
    assert {"ssh-ed25519", "rsa-sha2-256"} <= set(types)


class Wire:
    """As much of a socket as a transport that is never started wants."""

    def settimeout(self, seconds: float) -> None:
        pass

    def close(self) -> None:
        pass
