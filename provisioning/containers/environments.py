"""The Python packages of a container, written down in the project and installed from there again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.errors import UnsupportedHost, UsageError

# Docker's own `exec` finds a program on the PATH of the image alone.
LOOK = 'for each in conda pip; do command -v "$each" >/dev/null && echo "$each"; done; true'

# Written by the login user beside its place: whole or not at all.
KEEP = 'umask 022; cat >"$1.gpudock" && mv -f "$1.gpudock" "$1" || { rm -f "$1.gpudock"; exit 1; }'


@dataclass(frozen=True)
class Keeper:
    """A program that can say what is installed, and install that again."""

    program: str
    file: str
    save: tuple[str, ...]
    restore: tuple[str, ...]
    """Takes the file's path as its last word."""


KEEPERS = (
    Keeper("conda", "environment.yml", ("conda", "env", "export"), ("conda", "env", "update", "--file")),
    # `pip freeze` names local paths for what conda or a build brought: https://github.com/pypa/pip/issues/8174
    Keeper(
        "pip",
        "requirements.txt",
        ("pip", "--disable-pip-version-check", "list", "--format=freeze"),
        ("pip", "--disable-pip-version-check", "install", "--requirement"),
    ),
)
WORDS = ("auto", *(keeper.program for keeper in KEEPERS))


def choose(word: str, there: Sequence[str], container: str) -> Keeper:
    """Return who saves: the one asked for, or the first that the container has.

    Raises UsageError for a word that means nothing, UnsupportedHost where the container has it not.
    """
    if word not in WORDS:
        raise UsageError(f"--with takes {', '.join(WORDS)}, and was given {word!r}.")
    for keeper in KEEPERS:
        if keeper.program in there and word in ("auto", keeper.program):
            return keeper
    if word != "auto":
        raise UnsupportedHost(f"{container} has no {word}.", f"It has: {', '.join(there) or 'neither conda nor pip'}.")
    hint = "Its image has no Python environment to write down or fill."
    raise UnsupportedHost(f"{container} has neither conda nor pip.", hint)


def choose_by_file(word: str, there: Sequence[str], files: Sequence[str], container: str) -> Keeper:
    """Return who restores: the first whose file is there. Raises what `choose` raises, and UsageError for none."""
    for keeper in KEEPERS:
        if keeper.file in files and word in ("auto", keeper.program):
            return choose(keeper.program, there, container)
    choose(word, there, container)
    wanted = " or ".join(keeper.file for keeper in KEEPERS if word in ("auto", keeper.program))
    raise UsageError(f"The project of {container} has no {wanted}.", "workspace.env-save writes it.")


def packages_in(text: str) -> int:
    """Return how many lines of a saved environment name a package."""
    return sum("=" in line and not line.startswith("prefix") for line in text.splitlines())
