"""Programs of this machine: find one, call it, read what it said. None is waited for without end."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from provisioning.errors import ChangeFailed, UnsupportedHost


@dataclass(frozen=True)
class Reply:
    """How a program ended, and what it wrote."""

    code: int
    out: str = ""
    err: str = ""


class Programs(Protocol):
    def find(self, name: str) -> str | None:
        """Return where the program stands that `name` starts; None where PATH leads to none."""

    def call(self, argv: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> Reply:
        """Run `argv` to its end, without input, `environment` added to this process's own.

        Raises UnsupportedHost where there is no such program, ChangeFailed where it does not end in time.
        """

    def attach(self, argv: Sequence[str], *, errors_back: bool) -> Reply:
        """Run `argv` on the person's own terminal, standard error too unless it shall come back. Raises as `call`."""


class LocalPrograms:
    def find(self, name: str) -> str | None:
        return shutil.which(name)

    def call(self, argv: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None) -> Reply:
        # Files, not pipes: VBoxManage leaves its service behind, which would hold a pipe open long after.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = _start(argv, subprocess.DEVNULL, out, err, {**os.environ, **(environment or {})})
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired as late:
                raise ChangeFailed(
                    f"`{program_name(argv[0])}` did not end within {seconds:.0f} s and was stopped.",
                    "See what holds it up: run it by hand.",
                ) from late
            finally:
                process.kill()  # also after Ctrl-C; one that has ended is left alone
                process.wait()
            return Reply(code, _all_of(out), _all_of(err))

    def attach(self, argv: Sequence[str], *, errors_back: bool) -> Reply:
        with tempfile.TemporaryFile() as err:
            return Reply(_start(argv, None, None, err if errors_back else None, None).wait(), err=_all_of(err))


def program_name(path: str) -> str:
    """Return such as `VBoxManage` for where it stands, on Windows too."""
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")


def command_line(argv: Sequence[str], *, windows: bool) -> str:
    """Return `argv` as a person types it in this machine's own shell."""
    return subprocess.list2cmdline(argv) if windows else shlex.join(argv)


def _start(
    argv: Sequence[str],
    stdin: int | None,
    stdout: IO[bytes] | None,
    stderr: IO[bytes] | None,
    environment: Mapping[str, str] | None,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(list(argv), stdin=stdin, stdout=stdout, stderr=stderr, env=environment)
    except OSError as problem:
        raise UnsupportedHost(
            f"`{argv[0]}` cannot be started: {problem.strerror}.", "Install it, or put its folder on PATH."
        ) from problem


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return decoded(file.read())


def decoded(data: bytes) -> str:
    """Return text with plain line ends. Programs of Windows write UTF-8, or in the code page that `mbcs` stands for."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("mbcs" if os.name == "nt" else "utf-8", "replace")
    return text.replace("\r\n", "\n")
