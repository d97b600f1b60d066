"""This process's own terminal, lent to a program on a host: keys go there as they are typed, Ctrl-C too."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def size() -> tuple[int, int]:
    """Return the terminal's columns and rows as they are now; $COLUMNS may be of before."""
    columns, rows = os.get_terminal_size(sys.stdin.fileno())
    return columns, rows


@contextmanager
def raw_terminal(resized: Callable[[], None]) -> Iterator[None]:
    """Hand over every key unread; call `resized` when the window changes. The terminal is as before afterwards."""
    import termios  # not on Windows, whose consoles know no such mode
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    handler = signal.signal(signal.SIGWINCH, lambda *_: resized())
    try:
        tty.setraw(descriptor)
        yield
    finally:
        signal.signal(signal.SIGWINCH, handler)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
