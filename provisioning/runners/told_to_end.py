"""What is done first when this process is told to end, or its terminal goes away."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_SIGNALS = ("SIGTERM", "SIGHUP")
"""Windows has no SIGHUP."""


@contextmanager
def when_told_to_end(clean_up: Callable[[], object]) -> Iterator[None]:
    """During the body, SIGTERM and SIGHUP call `clean_up`, then end this process with 128 + the signal's number.

    A signal that is ignored, as `nohup` has it, stays so.
    """

    def end(number: int, _: FrameType | None) -> NoReturn:
        # At once: a program of this machine that is waited for ends only by what is done here.
        with suppress(OSError):  # the terminal where it says so may be gone
            clean_up()
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
