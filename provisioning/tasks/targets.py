"""Which hosts a task works on and how it gets in: the options that all host tasks share."""

from __future__ import annotations

import getpass
import warnings
from dataclasses import dataclass
from pathlib import Path

from provisioning.command import Secret
from provisioning.errors import AccessDenied, UsageError
from provisioning.hosts import Address, parse_hosts
from provisioning.runners.model import Access

SHARED_HELP = {
    "host": "HOST: [user@]name[:port], [IPv6]:port, ssh alias or toolbox:VM; several with commas; none is this machine",
    "identity": "FILE: private key to log in with",
    "ssh_config": "FILE: read this instead of ~/.ssh/config",
    "connect_timeout": "SECONDS: how long to wait for a host to answer",
    "accept_new_host_keys": "trust a host that was never seen and remember its key; a changed key is refused",
    "ask_sudo_pass": "ask for the password that sudo wants on the host",
}
LONGEST_TIMEOUT = 24 * 60 * 60

SHARED_GROUP = {"reaching the host": tuple(SHARED_HELP)}


@dataclass(frozen=True)
class Targets:
    """What a host task works on. No hosts: this machine."""

    hosts: tuple[Address, ...]
    access: Access

    @property
    def vm(self) -> str:
        """The VM of Docker Toolbox that is the one host; '' for others."""
        return self.hosts[0].vm if len(self.hosts) == 1 else ""

    @property
    def has_our_folders(self) -> bool:
        """Tell whether a folder that is named is one of this machine's."""
        return not self.hosts or bool(self.vm)


def read_targets(
    *,
    host: str | None = None,
    identity: str | None = None,
    ssh_config: str | None = None,
    connect_timeout: int = 10,
    accept_new_host_keys: bool = False,
    ask_sudo_pass: bool = False,
) -> Targets:
    """Return what the shared options mean; asks on the terminal for the password. Raises UsageError, AccessDenied.

    An empty HOST is refused: `provision "$HOST"` with HOST unset must not provision this machine.
    """
    if connect_timeout > LONGEST_TIMEOUT:
        raise UsageError(f"--connect-timeout takes at most {LONGEST_TIMEOUT} seconds, and was given {connect_timeout}.")
    return Targets(
        () if host is None else parse_hosts(host),
        Access(
            identity=_file("--identity", identity),
            ssh_config=_file("--ssh-config", ssh_config),
            connect_timeout=connect_timeout,
            accept_new_host_keys=accept_new_host_keys,
            sudo_password=_sudo_password(host or "this machine") if ask_sudo_pass else None,
        ),
    )


def _sudo_password(whose: str) -> Secret:
    otherwise = "Run it in a terminal, or allow sudo without a password on the host."
    return ask_password("--ask-sudo-pass", f"sudo password for {whose}: ", otherwise)


def ask_password(option: str, question: str, otherwise: str) -> Secret:
    """Ask on the terminal, without echo. Raises UsageError, with what to do `otherwise`, where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # it would go on and show what is typed
        try:
            return Secret(getpass.getpass(question))
        except (getpass.GetPassWarning, EOFError) as problem:
            raise UsageError(f"{option} asks on a terminal, and there is none here.", otherwise) from problem


def _file(option: str, text: str | None) -> Path | None:
    if text is None:
        return None
    path = Path(text).expanduser()
    try:
        path.open("rb").close()
    except PermissionError as error:
        raise AccessDenied(
            f"{option} is {text!r}, and {getpass.getuser()} may not read it.",
            "Name a file of your own, or let its owner run gpudock.",
        ) from error
    except OSError as error:
        raise UsageError(f"{option} is {text!r}, and there is no such file.") from error
    return path
