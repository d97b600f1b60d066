"""Everything that can go wrong in an expected way, with what to do next.

    GpudockError                 a sentence, a hint, an exit code; shown without a traceback
    ├── UsageError          64   an option or argument has a value that cannot be meant
    ├── Unreachable         69   the host does not answer, or its name does not resolve
    ├── ChangeFailed        70   a command of the plan failed on the host
    ├── NotConverged        70   all commands went well, yet something is left to do
    ├── UnsupportedHost     70   the job cannot work on this host; nothing was touched
    ├── Locked              75   another operator, or apt itself, is at work on the host
    ├── AccessDenied        77   authentication, sudo or the host key
    ├── LabUnavailable      69   disposable hosts cannot run on this machine
    └── UnwritableOutput    74   what there is to say cannot be written to standard output

Anything else that is raised is a bug and keeps its traceback.
"""

from __future__ import annotations

from json import JSONDecodeError
from typing import ClassVar


class GpudockError(Exception):
    """An expected failure: what happened and where (`message`), and what to do next (`hint`)."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(GpudockError):
    exit_code = 64


class Unreachable(GpudockError):
    exit_code = 69


class ChangeFailed(GpudockError):
    exit_code = 70


class NotConverged(GpudockError):
    exit_code = 70


class UnsupportedHost(GpudockError):
    exit_code = 70


class Locked(GpudockError):
    exit_code = 75


class AccessDenied(GpudockError):
    exit_code = 77


class LabUnavailable(GpudockError):
    exit_code = 69


class UnwritableOutput(GpudockError):
    exit_code = 74

    def __init__(self, why: str) -> None:
        super().__init__(f"Standard output cannot be written: {why}.", "Send it where there is room for it.")


def plainly(error: Exception) -> str:
    """Return what went wrong with a file in words of its own, without a number and without Python's."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, UnicodeDecodeError):
        return "it is no text"
    if isinstance(error, JSONDecodeError):
        return f"it is no JSON ({error.msg}, line {error.lineno})"
    return str(error)
