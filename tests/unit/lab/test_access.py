"""The OpenSSH files that the lab writes."""

from __future__ import annotations

from pathlib import Path

from lab.access import known_hosts_text, ssh_config_text
from lab.model import Host

HOSTS = [Host("h1", "10.213.47.10", "trixie", "none"), Host("gpu-2", "10.213.47.11", "trixie", "t4")]


def test_ssh_config_verifies_strictly_and_offers_one_key() -> None:
    text = ssh_config_text(HOSTS, identity=Path("/k/id"), known_hosts=Path("/k/known"))
    blocks = text.strip().split("\n\n")
    assert len(blocks) == 2
    assert blocks[1].splitlines() == [
        "Host gpu-2 10.213.47.11",
        "    HostName 10.213.47.11",
        "    User root",
        "    IdentityFile /k/id",
        "    IdentitiesOnly yes",
        "    UserKnownHostsFile /k/known",
        "    GlobalKnownHostsFile none",
        "    StrictHostKeyChecking yes",
    ]


def test_known_hosts_has_name_and_address_and_no_comment() -> None:
    keys = {"h1": "ssh-ed25519 AAAA root@h1\n", "gpu-2": "ssh-ed25519 BBBB root@gpu-2\n"}
    assert known_hosts_text(HOSTS, keys) == ("h1,10.213.47.10 ssh-ed25519 AAAA\ngpu-2,10.213.47.11 ssh-ed25519 BBBB\n")
