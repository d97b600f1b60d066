"""`run` as a function that a person's shell knows: `dockrun IMAGE COMMAND …`, as the name once stood for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from provisioning.errors import UsageError
from provisioning.hosts import Address
from provisioning.runners.model import Access

# The body is a subshell, so that its variable is nobody else's.
_SH = """\
{name}() (
  if [ "$#" -eq 0 ]; then echo 'usage: {name} IMAGE [COMMAND ...]' >&2; exit 64; fi
  image=$1
  shift
  exec {argv} "$image" -- "$@"
)
"""
_FISH = """\
function {name}
  if test (count $argv) -eq 0
    echo 'usage: {name} IMAGE [COMMAND ...]' >&2
    return 64
  end
  {argv} $argv[1] -- $argv[2..-1]
end
"""
_TEXTS = {"sh": _SH, "fish": _FISH}
_SAME = {"bash": "sh", "dash": "sh", "zsh": "sh", "ksh": "sh", "ash": "sh"}
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def function(shell: str, name: str, argv: Sequence[str]) -> str:
    """Return the text that `shell` reads; `argv` stands before the image. Raises UsageError."""
    kind = _SAME.get(shell, shell)
    if kind not in _TEXTS:
        raise UsageError(f"--shell takes sh or fish, and was given {shell!r}.")
    if not _NAME.fullmatch(name):
        raise UsageError(f"--name {name!r}: not a name for a function.", "Small letters, digits and `_`.")
    return _TEXTS[kind].format(name=name, argv=shlex.join(argv))


def shell_of(environment: Mapping[str, str]) -> str:
    """Return the person's own shell where it is one of a kind with a form of its own, else sh."""
    return "fish" if PurePath(environment.get("SHELL", "")).name == "fish" else "sh"


def launcher() -> str:
    """Return the program that was started."""
    return str(Path(__file__).parents[2] / "gpudock")


def options(hosts: Sequence[Address], access: Access, gpus: str) -> tuple[str, ...]:
    """Return what of the command line each later command needs. Raises UsageError for several hosts."""
    if len(hosts) > 1:
        raise UsageError("--host takes one host here.", "Print one function for each, with --name.")
    given = (
        ("--host", hosts[0].text if hosts else ""),
        ("--identity", access.identity and access.identity.absolute()),
        ("--ssh-config", access.ssh_config and access.ssh_config.absolute()),
        ("--gpus", "" if gpus == "auto" else gpus),
    )
    return tuple(word for option, value in given if value for word in (option, str(value)))
