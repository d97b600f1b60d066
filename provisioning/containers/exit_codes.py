"""What the exit code of a container means where it is not the program's own word.

125, 126 and 127 are `docker run`'s (https://docs.docker.com/engine/containers/run/#exit-status); above 128 a signal
ended the program.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence

_REFUSED = 125
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_KILLED = 137


def meaning(code: int, image: str, command: Sequence[str], *, out_of_memory: bool = False) -> str:
    """Return a sentence, '' for a code that only the program knows the meaning of."""
    program = command[0] if command else "the image's own program"
    if out_of_memory:
        return f"{code}: the kernel killed it, for the memory that it may have was used up."
    if code == _REFUSED:
        return f"{code}: Docker did not start {image}; its reason stands above."
    if code == _NOT_EXECUTABLE:
        return f"{code}: {program} is there in {image}, and cannot be executed."
    if code == _NOT_FOUND:
        return f"{code}: {program} is not there in {image}, unless the program itself ended with 127."
    if code == _KILLED:
        return f"{code}: it was killed (SIGKILL), by `docker kill`, by `docker stop`, or for want of memory."
    return _signalled(code)


def _signalled(code: int) -> str:
    try:
        return f"{code}: {signal.Signals(code - 128).name} ended it." if code > _LEAST_SIGNAL else ""
    except ValueError:
        return ""


_LEAST_SIGNAL = 128
