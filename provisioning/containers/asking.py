"""Ask a program on a host something short, and get its whole answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from provisioning.runners.model import Process, ProgramRunner


@dataclass(frozen=True)
class Answer:
    code: int
    output: str
    errors: str

    @property
    def last(self) -> str:
        """The last thing that it said."""
        lines = (self.errors.strip() or self.output.strip()).splitlines()
        return lines[-1] if lines else f"exit code {self.code}"


def ask(runner: ProgramRunner, argv: tuple[str, ...], given: bytes = b"") -> Answer:
    """Run `argv` on the host with `given` as its standard input. Raises what `Runner.start` raises."""
    process = runner.start(argv)
    with ThreadPoolExecutor(2) as pool:
        pool.submit(_give, process, given)
        errors = pool.submit(lambda: b"".join(process.errors()))
        output = b"".join(process.output())
    return Answer(process.wait(), output.decode(errors="replace"), errors.result().decode(errors="replace"))


def _give(process: Process, given: bytes) -> None:
    with suppress(BrokenPipeError):
        process.write(given)
    process.end_input()
