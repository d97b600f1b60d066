"""While the program is still being read nothing has begun: Ctrl-C ends it, and there is nothing to tell."""

from __future__ import annotations

import os
import signal
from types import FrameType

INTERRUPTED = 130


def ctrl_c_ends() -> None:
    """Let Ctrl-C end this process at once and silently, unless our caller has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def ctrl_c_is_raised() -> None:
    """Let Ctrl-C be a KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
