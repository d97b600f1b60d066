"""Keep a shell on a host that takes back what we do there, until it is told that all went well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from provisioning.command import Command
from provisioning.containers.asking import Answer
from provisioning.containers.undoing import KEEP, READY, script
from provisioning.errors import GpudockError, Unreachable
from provisioning.runners.model import Process, ProgramRunner


@dataclass(frozen=True)
class Undoing:
    """The shell at work."""

    said: tuple[str, ...]
    """What the steps printed."""
    _process: Process

    def keep(self) -> None:
        """Everything went well: nothing is to be taken back. Raises Unreachable."""
        try:
            self._process.write(f"{KEEP}\n".encode())
        except BrokenPipeError:
            self._process.wait()


@contextmanager
def undoing(
    runner: ProgramRunner,
    steps: Sequence[Command],
    undo: Sequence[Command],
    failure: Callable[[Answer], GpudockError],
) -> Iterator[Undoing]:
    """Do `steps` on the host; do `undo` at the end or when anything breaks, before this returns where that is possible.

    Raises `failure` of a step that did not end well, and what `Runner.start` raises.
    """
    process = runner.start(("sh", "-c", script(steps, undo)))
    with ThreadPoolExecutor(1) as pool:
        errors = pool.submit(lambda: b"".join(process.errors()))
        try:
            said = _until_ready(process)
            if said is None:
                raise failure(Answer(process.wait(), "", errors.result().decode(errors="replace")))
            yield Undoing(said, process)
        finally:
            process.end_input()
            with suppress(Unreachable):  # then the host does it by itself
                process.wait()
            process.close()


def _until_ready(process: Process) -> tuple[str, ...] | None:
    """Return the lines before it is ready; None where it ended."""
    text = b""
    for chunk in process.output():
        text += chunk
        if text.endswith(b"\n") and text.splitlines()[-1] == READY.encode():
            return tuple(text.decode(errors="replace").splitlines()[:-1])
    return None
