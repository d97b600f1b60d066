"""Streams of any size between a program and a file, with its checksum on the way and a few chunks in memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from provisioning.containers.archive import PART, Sum
from provisioning.containers.asking import Answer
from provisioning.errors import ChangeFailed, GpudockError, UsageError
from provisioning.runners.model import Process

CHUNK = 1 << 20
_WORDS = 1 << 16
_ELSEWHERE = "Name another place with --to."

Take = Callable[[bytes], object]


class Summing:
    """Counts and hashes the chunks that it takes."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._size = 0

    def take(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self._size += len(chunk)

    @property
    def sum(self) -> Sum:
        return Sum(self._size, self._hash.hexdigest())


def whole_output(process: Process, failure: Callable[[Answer], GpudockError]) -> Generator[bytes, None, None]:
    """Yield what a program writes, and end only when it ended well; the program is let go where the reader stops.

    Raises `failure` of its exit code and last words where it did not, and Unreachable where the connection broke.
    """
    with ThreadPoolExecutor(1) as pool:
        errors = pool.submit(_last_words, process.errors())
        with _let_go(process):
            yield from process.output()
            code = process.wait()
    if code:
        raise failure(Answer(code, "", errors.result()))


def ignore(chunk: bytes) -> None:
    """Let it pass."""


def give(process: Process, chunks: Iterable[bytes], hear: Take = ignore) -> Answer:
    """Give `chunks` to a program as its standard input; return its exit code and its last words.

    `hear` is told all that it says, as it says it.
    A program that stops reading is judged by its exit code. Raises Unreachable where the connection broke, and
    whatever `chunks` raises: the program is let go then, before it believes that it has all.
    """
    with ThreadPoolExecutor(2) as pool:
        output, errors = (
            pool.submit(_last_words, passing(each, hear)) for each in (process.output(), process.errors())
        )
        with _let_go(process):
            with suppress(BrokenPipeError):
                for chunk in chunks:
                    process.write(chunk)
            process.end_input()
            code = process.wait()
    return Answer(code, output.result(), errors.result())


def passing(chunks: Iterable[bytes], *takers: Take) -> Iterator[bytes]:
    """Yield `chunks`, each after all `takers` had it."""
    for chunk in chunks:
        for take in takers:
            take(chunk)
        yield chunk


@contextmanager
def part_file(path: Path, mode: int = 0o644) -> Iterator[Take]:
    """Give what writes to `path`.part, which becomes `path` at the end, or is removed where something is raised.

    Raises UsageError where the part is there already, or cannot be made; ChangeFailed where the disk is full.
    """
    part = path.with_name(path.name + PART)
    descriptor = _new(part, mode)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            yield lambda chunk: _write(file, chunk, path)
            os.fsync(descriptor)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _new(part: Path, mode: int) -> int:
    try:
        return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as there:
        hint = "Wait for it; or, when nobody is at work, remove that file."
        raise UsageError(f"{part} is there: somebody saves to it now, or was cut off.", hint) from there
    except OSError as problem:
        raise UsageError(f"{part} cannot be written: {problem.strerror}.", _ELSEWHERE) from problem


def _write(file: FileIO, chunk: bytes, path: Path) -> None:
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as problem:
        raise ChangeFailed(f"{path}: {problem.strerror}. Nothing of it was kept.", _ELSEWHERE) from problem


def read(path: Path) -> Iterator[bytes]:
    """Yield a file. Raises UsageError where it cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}.") from problem


def sum_of(chunks: Iterable[bytes]) -> Sum:
    """Read a stream to its end."""
    summing = Summing()
    for chunk in chunks:
        summing.take(chunk)
    return summing.sum


@contextmanager
def _let_go(process: Process) -> Iterator[None]:
    """End the program where something is raised, so that nobody waits for it."""
    try:
        yield
    except BaseException:
        process.close()
        raise


def _last_words(chunks: Iterable[bytes]) -> str:
    words = b""
    for chunk in chunks:
        words = (words + chunk)[-_WORDS:]
    return words.decode(errors="replace")
