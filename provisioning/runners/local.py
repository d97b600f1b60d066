"""Reach this machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO

from provisioning.command import Secret
from provisioning.errors import UnsupportedHost
from provisioning.runners.ending import Ending, LastLines, judge
from provisioning.runners.entry import enter
from provisioning.runners.local_process import LocalProcess, attach
from provisioning.runners.model import Elevation, Stream, leave

_CHUNK = 65536


class LocalRunner:
    """Runs scripts here, as root or as a user who may use sudo. See `Runner` for what `run` promises."""

    def __init__(self, sudo_password: Secret | None = None) -> None:
        self._sudo_password = sudo_password

    @property
    def host(self) -> str:
        return "localhost"

    def run(self, script: str, elevation: Elevation, *, new_login: bool = False) -> Iterator[bytes]:
        entry = enter(elevation, self._sudo_password, _login_user() if new_login else None)
        errors, output = LastLines(), LastLines()
        text = entry.preface + script.encode(errors="surrogateescape")
        with _conversation(entry.argv, text, errors) as process:
            for chunk in _chunks(process.stdout):
                if not errors.ready:
                    output.feed(chunk)
                yield chunk
        code = process.returncode
        problem = judge(self.host, Ending(code if code >= 0 else None, errors, output))
        if problem:
            raise problem

    def start(self, argv: tuple[str, ...]) -> LocalProcess:
        return LocalProcess(_found_by_env(argv))

    def attach(self, argv: tuple[str, ...], *, terminal: bool, interrupted: Callable[[], object] = leave) -> int:  # noqa: ARG002 - it finds our terminal by itself
        return attach(_found_by_env(argv))

    @property
    def published_at(self) -> str:
        return "127.0.0.1"

    def agent_socket(self) -> str:
        return os.environ.get("SSH_AUTH_SOCK", "")

    def dial(self, port: int) -> Stream:
        from provisioning.runners.tunnel import dial_here

        return dial_here(port)

    def is_open(self) -> bool:
        return True

    def reopen(self) -> None:
        """This machine is always there."""

    def close(self) -> None:
        """Nothing is kept open between two runs."""


def _found_by_env(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the program through `env`, which answers with 127 where there is none, as a shell does."""
    return ("env", *argv)


def _login_user() -> str:
    """Return who runs this process. Not from the environment, which `su` and `sudo` may have left as it was."""
    import pwd  # not on Windows, from where hosts are reached by SSH alone

    return pwd.getpwuid(os.getuid()).pw_name


@contextmanager
def _conversation(argv: tuple[str, ...], text: bytes, errors: LastLines) -> Iterator[subprocess.Popen[bytes]]:
    """Start `argv`; write its input and read its errors beside the caller, so that no pipe fills up; wait for it."""
    with _start(argv) as process:
        pumps = [
            Thread(target=_write, args=(process.stdin, text), daemon=True),
            Thread(target=_drain, args=(process.stderr, errors), daemon=True),
        ]
        for pump in pumps:
            pump.start()
        try:
            yield process
        except BaseException:
            _hang_up(process)
            raise
        finally:
            for pump in pumps:
                pump.join()


def _start(argv: tuple[str, ...]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe)
    except FileNotFoundError as problem:
        hint = "Name a Linux host that SSH reaches: ./gpudock provision USER@HOST."
        raise UnsupportedHost("This machine has no POSIX shell `sh`.", hint) from problem


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    if process.stdout:
        process.stdout.close()
    with suppress(PermissionError):  # a script under sudo belongs to root: its next line of output ends it
        process.terminate()


def _write(stdin: IO[bytes], text: bytes) -> None:
    # A shell that ends before it read all is judged by its exit code, not by its closed pipe.
    with suppress(BrokenPipeError), stdin:
        stdin.write(text)


def _drain(stderr: IO[bytes], errors: LastLines) -> None:
    for chunk in _chunks(stderr):
        errors.feed(chunk)


def _chunks(stream: IO[bytes] | None) -> Iterator[bytes]:
    while stream is not None and (chunk := os.read(stream.fileno(), _CHUNK)):
        yield chunk
