"""A host for tests whose programs have their answers ready, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from provisioning.errors import GpudockError
from provisioning.runners.fake import NoAnswerLeft, ScriptedRunner
from provisioning.runners.model import leave


@dataclass(frozen=True)
class Program:
    """What a program says and how it ends; with `broken` the connection breaks after what it said."""

    output: bytes = b""
    errors: bytes = b""
    code: int = 0
    broken: GpudockError | None = None


@dataclass
class ScriptedProcess:
    program: Program
    given: bytes = b""
    closed: bool = False

    def write(self, data: bytes) -> None:
        self.given += data

    def end_input(self) -> None:
        """Nothing waits for it."""

    def output(self) -> Iterator[bytes]:
        yield from filter(None, [self.program.output])

    def errors(self) -> Iterator[bytes]:
        yield from filter(None, [self.program.errors])

    def wait(self) -> int:
        if self.program.broken:
            raise self.program.broken
        return self.program.code

    def close(self) -> None:
        self.closed = True


class ScriptedPrograms(ScriptedRunner):
    """Gives one Program for each start, in order, or raises an error. Never invents one."""

    def __init__(self, host: str, programs: Sequence[Program | GpudockError]) -> None:
        super().__init__(host, [])
        self._programs = list(programs)
        self.started: list[tuple[str, ...]] = []

    def start(self, argv: tuple[str, ...]) -> ScriptedProcess:
        self.started.append(argv)
        if not self._programs:
            raise NoAnswerLeft(f"{self.host}: program {len(self.started)} has no answer: {argv}")
        program = self._programs.pop(0)
        if isinstance(program, GpudockError):
            raise program
        return ScriptedProcess(program)

    @property
    def published_at(self) -> str:
        return ""

    def agent_socket(self) -> str:
        return ""

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:
        return self.start(argv).wait()
