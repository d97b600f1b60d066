"""How the lab's hosts are reached: its own key, strict host keys, one ssh_config for everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.model import Host
from lab.places import KEYS, KNOWN_HOSTS, SSH_CONFIG
from lab.shell import run

IDENTITY = KEYS / "id_ed25519"


def ssh_config_text(hosts: Sequence[Host], *, identity: Path, known_hosts: Path) -> str:
    """Render one `Host` block for each host: `ssh -F FILE NAME` and `ssh -F FILE admin@NAME` work."""
    return "".join(
        f"""Host {host.name} {host.address}
    HostName {host.address}
    User root
    IdentityFile {identity}
    IdentitiesOnly yes
    UserKnownHostsFile {known_hosts}
    GlobalKnownHostsFile none
    StrictHostKeyChecking yes

"""
        for host in hosts
    )


def known_hosts_text(hosts: Sequence[Host], host_keys: Mapping[str, str]) -> str:
    """Render known_hosts lines; `host_keys` maps a host's name to the text of its public key."""
    return "".join(f"{host.name},{host.address} {' '.join(host_keys[host.name].split()[:2])}\n" for host in hosts)


def make_key(path: Path, comment: str) -> None:
    """Generate an ed25519 key without passphrase, unless it is there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path))


def publish(hosts: Sequence[Host], host_keys: Mapping[str, str]) -> None:
    """Write ssh_config and known_hosts anew for all hosts that exist; readers never see half a file."""
    _replace(SSH_CONFIG, ssh_config_text(hosts, identity=IDENTITY, known_hosts=KNOWN_HOSTS))
    _replace(KNOWN_HOSTS, known_hosts_text(hosts, host_keys))


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)
