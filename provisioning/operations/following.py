"""Follow a container to its end: its log, or its exit code. A lost connection and a restarted engine are waited out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import TextIO

from provisioning.containers.asking import Answer
from provisioning.containers.existing import Container, parse
from provisioning.containers.log_records import LogStream, resume_at
from provisioning.errors import ChangeFailed, Unreachable, UsageError
from provisioning.operations.containers import DockerHost
from provisioning.runners.model import Process

PATIENCE = 600
"""Seconds that a host may be away."""
OVERDUE = 124
"""What timeout(1) ends with."""
_PAUSES = (0.5, 1, 2, 4, 8)
_ONCE = 60
"""Seconds of one question to the engine, which may have forgotten us."""


@dataclass(frozen=True)
class Clock:
    """Time, as tests want to set it."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Follower:
    """Keeps asking about one container of one host."""

    host: DockerHost
    container: str
    """Its id, which no later container of that name has."""
    clock: Clock = field(default_factory=Clock)

    def log(self, tail: str) -> Container:
        """Write the log to our own streams until the container has ended; return what became of it.

        `tail`: how many lines of before, '' all. Raises what `state` raises.
        """
        out, err = LogStream(), LogStream()
        first = (f"--tail={tail}",) if tail else ()
        while True:
            self._read(out, err, ("--follow", *_from(out, err, first)))
            state = self.state()
            if state.lives:
                continue
            # What ended may have ended the reading before all was read: the rest, and what has no line's end.
            if self._read(out, err, _from(out, err, first)):
                _write(sys.stdout, out.end())
                _write(sys.stderr, err.end())
                return state

    def state(self) -> Container:
        """Return what the engine says of it, as soon as it answers.

        Raises UsageError when it was removed, Unreachable and ChangeFailed when nobody answers for ten minutes.
        """
        answer = self._patiently("docker", "inspect", "--type=container", "--format={{json .}}", self.container)
        return parse(answer.output)[0]

    def ended(self, seconds: int) -> Container | None:
        """Wait until it has ended; None when it has not after `seconds` (0: for ever). Raises what `state` raises."""
        end = self.clock.now() + seconds
        while (state := self.state()).lives:
            left = min(end - self.clock.now(), _ONCE) if seconds else _ONCE
            if left <= 0:
                return None
            self._try("timeout", f"{left:.3f}", "docker", "wait", self.container)
        return state

    def _read(self, out: LogStream, err: LogStream, options: tuple[str, ...]) -> bool:
        """Write what is new; tell whether the engine said all that was asked."""
        out.begin()
        err.begin()
        try:
            argv = (*self.host.prefix, "docker", "logs", "--timestamps", *options, self.container)
            process = self.host.runner.start(argv)
            with ThreadPoolExecutor(1) as pool, closing(process):  # closed before the pool waits for its end
                errors = pool.submit(_pass_on, process, err)
                for chunk in process.output():
                    _write(sys.stdout, out.feed(chunk))
                errors.result()
                return process.wait() == 0
        except Unreachable:
            return False

    def _patiently(self, *argv: str) -> Answer:
        """Return the answer of an engine that has one. Says once that it waits."""
        end, attempt = self.clock.now() + PATIENCE, 0
        while True:
            answer = self._try(*argv)
            if isinstance(answer, Answer) and answer.code == 0:
                return answer
            if isinstance(answer, Answer) and "no such" in answer.errors.lower():
                raise UsageError(f"{self.host.name}: the container was removed meanwhile.")
            if self.clock.now() >= end:
                raise _given_up(self.host.name, answer)
            if attempt == 1:
                what = "does not answer" if isinstance(answer, Unreachable) else "has no engine that answers"
                sys.stderr.write(f"{self.host.name}: it {what}; trying again for {PATIENCE // 60} minutes.\n")
            self.clock.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            attempt += 1

    def _try(self, *argv: str) -> Answer | Unreachable:
        try:
            return self.host.ask(*argv)
        except Unreachable as problem:
            return problem


def _given_up(host: str, answer: Answer | Unreachable) -> Unreachable | ChangeFailed:
    if isinstance(answer, Unreachable):
        return answer
    return ChangeFailed(
        f"{host}: the engine does not answer: {answer.last}", f"`gpudock verify {host}` names the cause."
    )


def _from(out: LogStream, err: LogStream, first: tuple[str, ...]) -> tuple[str, ...]:
    since = resume_at((out, err))
    return (f"--since={since}",) if since else first


def _pass_on(process: Process, stream: LogStream) -> None:
    for chunk in process.errors():
        _write(sys.stderr, stream.feed(chunk))


def _write(target: TextIO, data: bytes) -> None:
    if data:
        target.buffer.write(data)
        target.buffer.flush()
