"""How an expected failure looks: what happened, what to do next, and no traceback."""

from __future__ import annotations

import sys
import traceback as tracebacks

from provisioning.errors import GpudockError


def show_failure(error: GpudockError, *, traceback: bool = False) -> None:
    """Write `error` to standard error: in colours to a terminal, else as plain lines."""
    if traceback:
        tracebacks.print_exception(error)
    message, hint = _printable(error.message), _printable(error.hint)
    if sys.stderr.isatty():
        _show_in_colour(message, hint)
    else:
        sys.stderr.write(f"error: {message}\n{hint}".rstrip() + "\n")


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
