"""A host for tests: it has its answers ready and remembers what it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioning.errors import GpudockError
from provisioning.runners.model import Elevation


class NoAnswerLeft(AssertionError):
    """A script was sent that the test did not foresee."""


@dataclass(frozen=True)
class Sent:
    """One call of `run`."""

    script: str
    elevation: Elevation
    new_login: bool


class ScriptedRunner:
    """Gives one answer for each run, in order: bytes, or an error that it raises. Never invents one."""

    def __init__(self, host: str, answers: Sequence[bytes | GpudockError]) -> None:
        self._host = host
        self._answers = list(answers)
        self.sent: list[Sent] = []
        self.closed = False

    @property
    def host(self) -> str:
        return self._host

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:
        self.sent.append(Sent(script, elevation, new_login))
        if not self._answers:
            raise NoAnswerLeft(f"{self._host}: run {len(self.sent)} has no answer: {script[:200]!r}")
        answer = self._answers.pop(0)
        if isinstance(answer, GpudockError):
            raise answer
        yield answer

    def close(self) -> None:
        self.closed = True
