"""Ask the person at the terminal."""

from __future__ import annotations

from rich.console import Console


def answer(console: Console, question: str = "Go on? [y/N] ") -> str:
    """Return what the person types, in lower case; nothing where the input ends."""
    try:
        return console.input(question, markup=False).strip().lower()
    except EOFError:  # Ctrl-D
        return ""
