"""The program: what a person typed becomes one task, a page, or a sentence that says what is wrong with it."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from invoke.collection import Collection
from invoke.exceptions import Exit
from invoke.program import Program

from provisioning.errors import GpudockError, UnwritableOutput
from provisioning.grammar import Request, parse
from provisioning.listing import USAGE, WELCOME, list_tasks
from provisioning.starting_up import INTERRUPTED
from provisioning.task_options import TaskOptions, task_options
from provisioning.tasks.failure import DEBUG, show_failure

VERSION = "0.1.0"

BROKEN_PIPE = 141
_DETACHED = frozenset({"provision", "demo", "rollback", "uninstall", "verify"})
"""Tasks whose script outlives the connection."""
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EDQUOT}
"""What writing to standard output fails with; tasks that write files themselves say which."""


class CommandLine(Program):
    """Invoke's program with our grammar in front and our exit codes behind."""

    _task = ""
    """What runs, for what an interruption leaves behind."""

    def run(self, argv: list[str] | None = None, exit: bool = True) -> None:  # noqa: A002
        """Do what `argv` (default: this process's) asks for, then end the process with the exit code."""
        self.normalize_argv(argv)
        self.collection = self.namespace or Collection()
        exit_code = self._exit_code()
        if exit:
            sys.exit(exit_code)

    def _exit_code(self) -> int:
        try:
            self._answer()
            sys.stdout.flush()
        except Exit as end:
            return int(end.code)
        except KeyboardInterrupt as interrupt:
            sys.stderr.write(f"\ninterrupted{_left_behind(interrupt, self._task)}\n")
            return INTERRUPTED
        except BrokenPipeError:  # whoever read our output has gone (`| head`)
            _give_up_output()
            return BROKEN_PIPE
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            _give_up_output()
            show_failure(UnwritableOutput(error.strerror or str(error)))
            return UnwritableOutput.exit_code
        return 0

    def _answer(self) -> None:
        tasks = task_options(self.collection)
        try:
            request = parse(self.argv[1:], tasks)
        except GpudockError as error:
            show_failure(error)
            raise Exit(code=error.exit_code) from error
        if request.wish == "run":
            self._run_task(request)
        else:
            sys.stdout.write(page(request, tasks))

    def _run_task(self, request: Request) -> None:
        self._task = request.name
        self.config = self.config_class(lazy=True)  # no ~/.invoke.yaml: our tasks start no programs through Invoke
        with _debugging() if request.debug else nullcontext():
            self.executor_class(self.collection, self.config).execute((request.name, dict(request.values)))


@contextmanager
def _debugging() -> Iterator[None]:
    """Let whoever tells a failure show its traceback: the frame of the task, and reports of several hosts."""
    if DEBUG in os.environ:
        yield
        return
    os.environ[DEBUG] = "1"
    try:
        yield
    finally:
        del os.environ[DEBUG]


def _left_behind(interrupt: KeyboardInterrupt, task: str) -> str:
    """Return what goes on although we end: what the interrupted one says, or what such tasks leave."""
    if interrupt.args:
        return f"; {interrupt}"
    return "; a run that has begun on a host goes on there, and `provision` follows it" if task in _DETACHED else ""


def _give_up_output() -> None:
    """Let Python not try once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_what_is_closed() -> bool:
    """Take the places of streams that our caller closed, before a socket gets them. Tell whether output was open."""
    had_output = sys.stdout is not None
    nothing = Path(os.devnull)
    sys.stdin = sys.stdin or nothing.open()
    sys.stdout = sys.stdout or nothing.open("w")
    sys.stderr = sys.stderr or nothing.open("w")
    return had_output


def page(request: Request, tasks: dict[str, TaskOptions]) -> str:
    """Return the text that answers a request which runs nothing."""
    if request.wish == "version":
        return f"gpudock {VERSION}\n"
    if request.wish == "help" and request.name:
        return tasks[request.name].help()
    if request.wish == "help":
        return f"{USAGE}\n{list_tasks(tasks)}"
    if request.wish == "list":
        return list_tasks(tasks, request.name)
    return WELCOME


def main(namespace: Collection) -> None:
    """Run the command line of this process on the tasks of `namespace`."""
    if not _open_what_is_closed():
        show_failure(UnwritableOutput("it is closed"))
        sys.exit(UnwritableOutput.exit_code)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no arrow gets a question mark
    CommandLine(version=VERSION, namespace=namespace, name="gpudock", binary="gpudock").run()
