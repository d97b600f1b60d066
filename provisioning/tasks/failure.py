"""How an expected failure looks: what happened, what to do next, and no traceback."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping

from provisioning.errors import GpudockError

DEBUG = "GPUDOCK_DEBUG"


def show_failure(error: GpudockError) -> None:
    """Write `error` to standard error: in colours to a terminal, else as plain lines.

    GPUDOCK_DEBUG in the environment asks for the traceback too.
    """
    if DEBUG in os.environ:
        traceback.print_exception(error)
    message, hint = (_printable(in_this_shell(text, os.name, os.environ)) for text in (error.message, error.hint))
    if sys.stderr.isatty():
        _show_in_colour(message, hint)
    else:
        sys.stderr.write(f"error: {message}\n{hint}".rstrip() + "\n")


def in_this_shell(text: str, system: str, environment: Mapping[str, str]) -> str:
    """Return `text` with our own command as this shell takes it: cmd and PowerShell read `./gpudock` in other ways."""
    posix = system != "nt" or "MSYSTEM" in environment  # Git Bash
    return text if posix else text.replace("./gpudock", r".\gpudock")


def _show_in_colour(message: str, hint: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble(("error: ", "bold red"), message))
    if hint:
        console.print(Text(hint))


def _printable(text: str) -> str:
    """A message may quote a host, and a host may write escape codes for our terminal."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text)
