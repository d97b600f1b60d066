"""Secrets of containers as files on their host: closed to everybody else there, readable for any uid in the container.

The folder above is the person's alone (0700), and each file in it may be read by all (0444): a container's user may
have another uid, and reaches the file by its mount alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from provisioning.command import Secret

STATE = ".local/state/gpudock"
TOKEN_BYTES = 32

# Given the folder, the name and further folders to make; the text comes on standard input, and is there whole or not.
_STORE = (
    'umask 022; folder=$1 name=$2 && shift 2 && mkdir -p "$folder" "$@" && chmod 700 "$folder"'
    ' && cat >"$folder/$name.new" && chmod 444 "$folder/$name.new" && mv -f "$folder/$name.new" "$folder/$name"'
)


@dataclass(frozen=True)
class SecretPlace:
    """Where the secret of one container lies on the host."""

    home: str
    container: str

    @property
    def folder(self) -> str:
        return f"{self.home}/{STATE}/secrets"

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.container}"

    def store(self, folders: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the program that writes what it reads, and makes `folders` where they are not there."""
        return ("sh", "-c", _STORE, "sh", self.folder, self.container, *folders)

    def read(self) -> tuple[str, ...]:
        return ("cat", self.path)

    def remove(self) -> tuple[str, ...]:
        return ("rm", "-f", self.path)


def new_token() -> Secret:
    """Return a secret that fits into a URL."""
    return Secret(secrets.token_urlsafe(TOKEN_BYTES))
