"""A terminal with a person at it: sees the prompt, types the answer."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from collections.abc import Iterator

from tests.lab.driving import Said

PATIENCE = 120


def type_into(argv: tuple[str, ...], prompt: str, keys: str) -> Said:
    """Run a command in a terminal of its own and press `keys` when it shows `prompt`; all it shows is `out`."""
    person, terminal = pty.openpty()
    # --ctty: a password is asked for on the controlling terminal, whatever standard input is.
    line = ("setsid", "--wait", "--ctty", *argv)
    with subprocess.Popen(line, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        shown, typed = "", False
        for chunk in _shown_on(person):
            shown += chunk
            assert chunk, f"silent for {PATIENCE} s after: {shown}"
            if prompt in shown and not typed:
                os.write(person, keys.encode())
                typed = True
    os.close(person)
    return Said(process.returncode, shown, "")


def _shown_on(person: int) -> Iterator[str]:
    while True:
        if not select.select([person], [], [], PATIENCE)[0]:
            yield ""
        try:
            chunk = os.read(person, 65536)
        except OSError:  # the last program has left the terminal
            return
        yield chunk.decode(errors="replace")
