"""The changes as they happen: a moving line for each host in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from provisioning.script import Began, Ended, Event, Progressed, Waited

BEYOND = 101
"""apt comes to 100 % several times; a row that is full would stop its clock."""


class LiveProgress:
    """Shows events of several hosts; `with` keeps the moving lines on the screen only as long as they move."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(20),
            TextColumn("{task.fields[doing]}", style="dim", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> LiveProgress:
        self._rows.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rows.stop()

    def watch(self, host: str) -> Callable[[Event], None]:
        """Return what takes the events of one host."""
        row = self._rows.add_task(host, total=100, doing="")
        begun: dict[int, Began] = {}

        def show(event: Event) -> None:
            self._move(row, host, event)
            if isinstance(event, Began):
                begun[event.change] = event
            elif isinstance(event, Ended):
                self._console.print(_ended(host, begun[event.change], event))
            elif isinstance(event, Waited) and not self._console.is_terminal:
                self._console.print(Text(f"{host} waits for {event.for_whom}"))

        return show

    def _move(self, row: TaskID, host: str, event: Event) -> None:
        if isinstance(event, Began):
            title = f"{host} {event.change}/{event.total} {event.sentence[:36]}"
            self._rows.reset(row, description=title, total=None, doing="")
        elif isinstance(event, Progressed):
            self._rows.update(row, total=BEYOND, completed=event.percent, doing=event.doing[:28])
        elif isinstance(event, Waited):
            self._rows.update(row, total=None, doing=f"waits for {event.for_whom}")


def _ended(host: str, begun: Began, event: Ended) -> Text:
    mark = ("failed", "bold red") if event.code else ("done", "green")
    position = f"{event.change}/{begun.total}"
    return Text.assemble(f"{host} {position} ", mark, f" {event.seconds:5.1f} s  {begun.sentence}")
