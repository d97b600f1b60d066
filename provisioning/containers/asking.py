"""Ask a program on a host something short, and get its whole answer; or hear it as it comes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass

from provisioning.runners.model import Process, ProgramRunner


@dataclass(frozen=True)
class Answer:
    code: int
    output: str
    errors: str

    @property
    def said(self) -> str:
        """What it complained of, else what it said, else its exit code."""
        return self.errors.strip() or self.output.strip() or f"exit code {self.code}"

    @property
    def last(self) -> str:
        """The last thing that it said."""
        return self.said.splitlines()[-1]


def ask(runner: ProgramRunner, argv: tuple[str, ...], given: bytes = b"") -> Answer:
    """Run `argv` on the host with `given` as its standard input. Raises what `Runner.start` raises."""
    heard: list[bytes] = []
    answer = listen(runner, argv, heard.append, given)
    return Answer(answer.code, b"".join(heard).decode(errors="replace"), answer.errors)


def listen(runner: ProgramRunner, argv: tuple[str, ...], hear: Callable[[bytes], object], given: bytes = b"") -> Answer:
    """The same, but `hear` is told the standard output as it arrives; the answer has none. Ctrl-C lets go of it."""
    return converse(runner.start(argv), hear, given)


def converse(process: Process, hear: Callable[[bytes], object], given: bytes) -> Answer:
    """The same with a program that is started already, and close it."""
    with ThreadPoolExecutor(2) as pool, closing(process):  # closed before the pool waits for its end
        pool.submit(_give, process, given)
        errors = pool.submit(lambda: b"".join(process.errors()))
        for chunk in process.output():
            hear(chunk)
        said = errors.result().decode(errors="replace")
        return Answer(process.wait(), "", said)


def _give(process: Process, given: bytes) -> None:
    with suppress(BrokenPipeError):
        process.write(given)
    process.end_input()
