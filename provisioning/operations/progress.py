"""How far a long stream is: bytes and speed on standard error, where that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from provisioning.operations.showing import console

_STEP = 1 << 22


@contextmanager
def meter(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Give what is told of every number of bytes that went by. `total` None: nobody knows how many there will be."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), *((BarColumn(),) if total else ()), DownloadColumn())
    out = console(stderr=True)
    with Progress(
        *columns, TransferSpeedColumn(), TimeElapsedColumn(), console=out, transient=True, disable=not out.is_terminal
    ) as progress:
        task, seen = progress.add_task(what, total=total), 0

        def advance(count: int) -> None:
            nonlocal seen
            seen += count
            if seen >= _STEP:  # drawing costs more than a small chunk does
                progress.advance(task, seen)
                seen = 0

        yield advance
        progress.advance(task, seen)
