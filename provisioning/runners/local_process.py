"""Programs of this machine: with streams of ours, or with this process's own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import IO

_CHUNK = 1 << 18
NOT_FOUND = 127


class LocalProcess:
    """See `Process`. `environment` is added to ours."""

    def __init__(self, argv: tuple[str, ...], environment: Mapping[str, str] | None = None) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, env=_with(environment))

    def write(self, data: bytes) -> None:
        stdin = self._process.stdin
        if stdin is None or stdin.closed:
            raise BrokenPipeError
        stdin.write(data)
        stdin.flush()

    def end_input(self) -> None:
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def output(self) -> Iterator[bytes]:
        return _chunks(self._process.stdout)

    def errors(self) -> Iterator[bytes]:
        return _chunks(self._process.stderr)

    def wait(self) -> int:
        return _exit_code(self._process.wait())

    def close(self) -> None:
        self.end_input()
        with suppress(PermissionError):  # under sudo it is root's, and ends by its closed pipes
            self._process.terminate()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        self._process.wait()


def attach(argv: tuple[str, ...], environment: Mapping[str, str] | None = None) -> int:
    """See `Runner.attach`. The terminal sends Ctrl-C to the program too, which decides what becomes of it.

    `environment` is added to ours.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)  # unlike SIG_IGN, nothing that the program inherits
    try:
        with subprocess.Popen(argv, env=_with(environment)) as process:
            return _exit_code(process.wait())
    finally:
        signal.signal(signal.SIGINT, before)


def _with(environment: Mapping[str, str] | None) -> dict[str, str] | None:
    return {**os.environ, **environment} if environment else None


def _exit_code(code: int) -> int:
    return 128 - code if code < 0 else code


def _chunks(stream: IO[bytes] | None) -> Iterator[bytes]:
    while stream is not None and not stream.closed and (chunk := os.read(stream.fileno(), _CHUNK)):
        yield chunk
