"""Which keys are offered to a hop, in which order, and what is said when none is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from paramiko import AuthenticationException, BadAuthenticationType, ECDSAKey, PKey, SSHException, Transport
from paramiko.agent import AgentKey, AgentSSH

from provisioning.errors import AccessDenied
from provisioning.hosts import parse_host
from provisioning.runners import authentication
from provisioning.runners.authentication import KeysInOrder
from provisioning.runners.model import Access
from provisioning.runners.ssh_config import Hop, read_hop

FIRST, SECOND, THIRD = (ECDSAKey.generate() for _ in range(3))


class Server:
    """The transport as `KeysInOrder` sees it: accepts some keys, hangs up after so many."""

    def __init__(self, *accepted: PKey, methods: Sequence[str] = ("publickey",), hang_up_after: int = 6) -> None:
        self.accepted = [key.asbytes() for key in accepted]
        self.methods = list(methods)
        self.left = hang_up_after
        self.offered: list[bytes] = []
        self.user = ""
        self.inside = False

    def auth_publickey(self, user: str, key: PKey) -> list[str]:
        self.user = user
        self.offered.append(key.asbytes())
        self.left -= 1
        if self.left <= 0:
            raise SSHException("transport shut down or saw EOF")
        if "publickey" not in self.methods:
            raise BadAuthenticationType("Bad authentication type", self.methods)
        if key.asbytes() not in self.accepted:
            raise AuthenticationException("Authentication failed.")
        more = [method for method in self.methods if method != "publickey"]
        self.inside = not more
        return more

    def auth_none(self, user: str) -> list[str]:
        self.inside = not self.methods
        if self.methods:
            raise BadAuthenticationType("Bad authentication type", self.methods)
        return []

    def is_active(self) -> bool:
        return self.left > 0

    def is_authenticated(self) -> bool:
        return self.inside


class Held(AgentSSH):
    """An agent with these keys."""

    def __init__(self, *keys: PKey) -> None:
        super().__init__()
        self.keys = tuple(AgentKey(self, key.asbytes(), "held") for key in keys)

    def get_keys(self) -> tuple[AgentKey, ...]:
        return self.keys

    def close(self) -> None:
        pass


@pytest.fixture
def hop(tmp_path: Path) -> Hop:
    FIRST.write_private_key_file(str(tmp_path / "first"))
    SECOND.write_private_key_file(str(tmp_path / "second"))
    names = "".join(f"identityfile {tmp_path / name}\n" for name in ("missing", "first", "second"))
    return read_hop(parse_host("gpu1"), Access(), f"hostname gpu1\nuser ubuntu\nidentityagent none\n{names}")


def log_in(hop: Hop, server: Server) -> Server:
    KeysInOrder(hop).authenticate(cast(Transport, server))
    return server


def blobs(*keys: PKey) -> list[bytes]:
    return [key.asbytes() for key in keys]


def refused(hop: Hop, server: Server) -> AccessDenied:
    with pytest.raises(AccessDenied) as refusal:
        log_in(hop, server)
    return refusal.value


def with_agent(monkeypatch: pytest.MonkeyPatch, hop: Hop, *keys: PKey) -> Hop:
    monkeypatch.setattr(authentication, "Agent", lambda: Held(*keys))
    return replace(hop, agent="")


def test_identity_files_in_order_until_one_is_accepted(hop: Hop) -> None:
    assert log_in(hop, Server(SECOND)).offered == blobs(FIRST, SECOND)
    assert log_in(hop, Server(FIRST)).offered == blobs(FIRST)


def test_the_agents_keys_come_after_the_files_and_none_comes_twice(monkeypatch: pytest.MonkeyPatch, hop: Hop) -> None:
    server = log_in(with_agent(monkeypatch, hop, SECOND, THIRD), Server(THIRD))
    assert server.offered == blobs(FIRST, SECOND, THIRD)
    assert server.user == "ubuntu"


def test_identities_only_leaves_out_the_agents_other_keys(
    monkeypatch: pytest.MonkeyPatch, hop: Hop, tmp_path: Path
) -> None:
    strict = replace(with_agent(monkeypatch, hop, THIRD), identities_only=True)
    assert "held" not in refused(strict, Server(THIRD)).message
    (tmp_path / "missing.pub").write_text(f"ecdsa-sha2-nistp256 {THIRD.get_base64()} me@here\n")
    assert log_in(strict, Server(THIRD)).offered == blobs(FIRST, SECOND, THIRD)


def test_an_identity_may_be_the_public_half_of_a_held_key(
    monkeypatch: pytest.MonkeyPatch, hop: Hop, tmp_path: Path
) -> None:
    public = tmp_path / "held.pub"
    public.write_text(f"ecdsa-sha2-nistp256 {THIRD.get_base64()}\n")
    strict = replace(with_agent(monkeypatch, hop, SECOND, THIRD), identities_only=True, identities=(public,))
    assert log_in(strict, Server(THIRD)).offered == blobs(THIRD)


def test_refused_names_the_user_the_keys_and_the_ways_on(hop: Hop, tmp_path: Path) -> None:
    refusal = refused(hop, Server())
    assert refusal.message.splitlines() == [
        "gpu1 does not let user 'ubuntu' in.",
        f"  {tmp_path / 'first'}: refused",
        f"  {tmp_path / 'second'}: refused",
    ]
    assert "--identity FILE" in refusal.hint
    assert "ssh-copy-id -p 22 ubuntu@gpu1" in refusal.hint
    assert refusal.exit_code == 77


def test_an_encrypted_key_is_said_to_be_so(hop: Hop, tmp_path: Path) -> None:
    FIRST.write_private_key_file(str(tmp_path / "first"), password="secret")
    message = refused(replace(hop, identities=hop.identities[:2]), Server(FIRST)).message
    assert f"{tmp_path / 'first'}: not tried, it is encrypted (`ssh-add {tmp_path / 'first'}`" in message


def test_a_file_that_is_no_key_is_said_to_be_so(hop: Hop, tmp_path: Path) -> None:
    (tmp_path / "first").write_text("no key\n")
    assert f"{tmp_path / 'first'}: not tried, " in refused(hop, Server()).message


def test_no_key_at_all(hop: Hop) -> None:
    assert "No key was found to try." in refused(replace(hop, identities=()), Server()).message


def test_what_the_host_asks_for_instead(hop: Hop) -> None:
    message = refused(hop, Server(methods=["password", "keyboard-interactive"])).message
    assert "The host asks for: password, keyboard-interactive." in message


def test_a_second_factor(hop: Hop, tmp_path: Path) -> None:
    message = refused(hop, Server(FIRST, methods=["publickey", "keyboard-interactive"])).message
    assert f"{tmp_path / 'first'}: accepted, but not enough" in message


def test_a_host_that_hangs_up_after_too_many_keys_is_not_asked_again(hop: Hop) -> None:
    server = Server(SECOND, hang_up_after=1)
    assert "only so many keys per connection" in refused(hop, server).message
    assert server.offered == blobs(FIRST)


def test_a_host_that_asks_for_nothing(hop: Hop) -> None:
    assert log_in(replace(hop, identities=()), Server(methods=[])).offered == []
