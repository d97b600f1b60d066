"""Decide how a login becomes the shell that reads the script: as root or not, with or without sudo's password.

The program is one line of POSIX shell without single quotes, `!` and doubled backslashes, so that between single
quotes bash, dash, fish, zsh and csh all hand it to `sh -c` unchanged.
"""

from __future__ import annotations

import base64
import shlex
from dataclasses import dataclass, field

from provisioning.command import Secret
from provisioning.runners.model import Elevation

READY = b"gpudock: the shell reads the script"
"""Said on standard error by the shell that runs the script: without it, login or sudo failed before."""

_SHELL = 'sh -s -- "$id"'
_NEW_LOGIN = 'su -l "$1" -c "exec sh -s"'

# Blank lines after the password: what sudo tries next when it was wrong, instead of lines of the script, and what
# sudo-rs before 0.2.7 reads ahead, by this much, and keeps from the shell.
_READ_AHEAD = 8192

# Runs as root. A profile may print before `id` does.
_NEW_ID = b'[ "$(id -u)" != 0 ] || set -- "$(su -l -s /bin/sh %s -c id </dev/null 2>/dev/null | tail -n 1)"\n'

# Where sudo keeps a log of its input it reads it all, for a command that reads nothing too: hence /dev/null.
_FREE = "sudo -k -n sh -c : </dev/null 2>/dev/null"


@dataclass(frozen=True)
class Entry:
    """What the login executes, and the bytes that go before the script on its standard input."""

    argv: tuple[str, ...]
    preface: bytes = field(repr=False)  # may hold the password

    @property
    def line(self) -> str:
        """The same for a login shell, which takes one string."""
        return shlex.join(self.argv)


def enter(elevation: Elevation, password: Secret | None = None, new_login_of: str | None = None) -> Entry:
    """Return the way in.

    `new_login_of` names the login user when groups must be those of a login made now. Over SSH that is a new
    connection and None here; on this machine it is `su -l`, which needs root even for the user's own shell.
    """
    if elevation is Elevation.LOGIN_USER and new_login_of is None:
        return Entry(("sh", "-c", "exec sh -s"), _ready())
    shell = _NEW_LOGIN if elevation is Elevation.LOGIN_USER else _SHELL
    program = f"id=$(id); {_as_root(shell, password)} {_elevate(shell, elevation, password)}"
    arguments = () if new_login_of is None else ("sh", new_login_of)
    renewed = new_login_of if elevation is not Elevation.LOGIN_USER else None
    return Entry(("sh", "-c", program, *arguments), _give(password) + _ready(renewed))


def program_line(argv: tuple[str, ...]) -> str:
    """Return what a login shell of any kind hands to `sh` as this one program, whatever its words are made of."""
    words = base64.b64encode(f"exec {shlex.join(argv)}".encode(errors="surrogateescape")).decode()
    return f"sh -c 'eval \"$(printf %s {words} | base64 -d)\"'"


def _give(password: Secret | None) -> bytes:
    if password is None:
        return b""
    line = password.reveal().encode(errors="surrogateescape") + b"\n"
    return line + b"\n" * max(3, _READ_AHEAD - len(line))


def _ready(new_id_of: str | None = None) -> bytes:
    """Return the first lines that the shell itself reads."""
    said = b"echo '%s' >&2\n" % READY
    return said if new_id_of is None else said + _NEW_ID % shlex.quote(new_id_of).encode()


def _as_root(shell: str, password: Secret | None) -> str:
    skip = "read -r skipped; " if password else ""
    return f'if [ "$(id -u)" = 0 ]; then {skip}exec {shell}; fi;'


def _elevate(shell: str, elevation: Elevation, password: Secret | None) -> str:
    """Return the commands that leave this shell for `shell` under sudo, or fail with sudo's own words."""
    if elevation is Elevation.ROOT_IF_POSSIBLE:
        return _elevate_if_possible(shell, password)
    if password is None:
        return f"export LC_ALL=C; exec sudo -n {shell}"
    # The order matters: where sudo asks for nothing, the password must not reach the shell.
    return (
        f"export LC_ALL=C; if {_FREE}; then read -r skipped; exec sudo -n {shell};"
        f' else exec sudo -k -S -p "" {shell}; fi'
    )


def _elevate_if_possible(shell: str, password: Secret | None) -> str:
    if password is None:
        return f"if sudo -n sh -c : </dev/null 2>/dev/null; then exec sudo -n {shell}; fi; exec sh -s"
    # Tried first on a pipe of its own: a wrong password must leave the script for the login user's shell.
    ask = 'sudo -k -S -p ""'
    say = 'printf "%s\\n" "$password"'
    return (
        f"IFS= read -r password; if {_FREE}; then exec sudo -n {shell}; fi;"
        f" if {say} | {ask} sh -c : >/dev/null 2>&1;"
        f" then {{ {say}; exec cat; }} | {ask} {shell}; exit $?; fi; exec sh -s"
    )
