"""What the tests of reaching hosts share: one run through the product, and a back door by plain ssh."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import lab
from lab import Host
from provisioning.command import Secret
from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.model import Access, Elevation

PASSWORD = "lab-password"
LAB_KEY = Path("/var/lib/gpudock-lab/keys/id_ed25519")
WHO = 'printf "%s|%s" "$1" "$(id -un)"'
"""A script that tells what it heard of the login user, and who runs it."""


def access(password: str | None = None, config: Path | None = None, *, accept_new: bool = False) -> Access:
    secret = None if password is None else Secret(password)
    return Access(
        ssh_config=config or lab.ssh_config(),
        connect_timeout=5,
        accept_new_host_keys=accept_new,
        sudo_password=secret,
    )


def said(address: str, script: str, elevation: Elevation, way: Access) -> bytes:
    """Return what one script says on one host."""
    with closing(connect(parse_host(address), way)) as runner:
        return b"".join(runner.run(script, elevation))


def on(host: Host, script: str, stdin: bytes = b"", user: str = "root") -> bytes:
    """Run a script on a lab host without the product. Raises CalledProcessError."""
    argv = ("ssh", "-F", str(lab.ssh_config()), f"{user}@{host.name}", script)
    return subprocess.run(argv, input=stdin, capture_output=True, check=True).stdout


def configuration(directory: Path, *blocks: str) -> Path:
    """Write an ssh configuration in which the lab's key opens every host and known_hosts lies beside it."""
    path = directory / "config"
    common = f"Host *\n  IdentityFile {LAB_KEY}\n  IdentitiesOnly yes\n  GlobalKnownHostsFile none\n"
    path.write_text("\n".join(blocks) + f"\n{common}  UserKnownHostsFile {directory / 'known_hosts'}\n")
    return path


def block(name: str, host: Host, *lines: str) -> str:
    """Return the part of an ssh configuration that gives a lab host another name."""
    return "\n  ".join((f"Host {name}", f"HostName {host.address}", "User root", *lines))


def host_key(host: Host, kind: str = "ed25519") -> str:
    """Return `type base64` of a host's public key."""
    return " ".join(on(host, f"cat /etc/ssh/ssh_host_{kind}_key.pub").decode().split()[:2])


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Fail what is stuck instead of waiting for ever."""

    def give_up(*_: object) -> NoReturn:
        raise AssertionError(f"nothing came of it within {seconds} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
