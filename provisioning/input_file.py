"""Text files that a person names: read whole, and refused where they have no end or cannot be meant."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes. Facts of a host, keys and settings are a thousandth of it."""


def read_input(path: Path, encoding: str = "utf-8") -> str:
    """Return the text of a regular file, or of a pipe. Raises OSError, UnicodeDecodeError."""
    with path.open("rb") as file:
        kind = os.fstat(file.fileno()).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
            raise OSError(errno.EINVAL, "it is no regular file")
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {LARGEST // 1024 // 1024} MiB")
    return content.decode(encoding)
