"""Decide how a run ended: well, refused at the door, or with a script that died."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from provisioning.errors import AccessDenied, ChangeFailed, GpudockError
from provisioning.runners.entry import READY

_LINES = 10
_LONGEST_LINE = 4096


@dataclass
class LastLines:
    """The last lines of a stream, fed in chunks of any size; with `ready`, whether the shell said that it runs."""

    ready: bool = False
    _lines: deque[bytes] = field(default_factory=lambda: deque(maxlen=_LINES))
    _open: bytes = b""

    def feed(self, chunk: bytes) -> None:
        *lines, rest = (self._open + chunk).split(b"\n")
        self._open = rest[-_LONGEST_LINE:]
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        if not self.ready and line.endswith(READY):
            self.ready = True
            self._lines.clear()
        elif line.strip():
            self._lines.append(line[-_LONGEST_LINE:])

    @property
    def text(self) -> str:
        lines = [*self._lines, self._open] if self._open.strip() else self._lines
        return "\n".join(line.decode(errors="replace").rstrip() for line in lines)


@dataclass(frozen=True)
class Ending:
    """What is known when the channel closed. `code` is None when a signal ended the shell."""

    code: int | None
    errors: LastLines
    output: LastLines


def judge(host: str, ending: Ending) -> GpudockError | None:
    """Return what went wrong, or None when the shell ran and ended with exit code 0."""
    if not ending.errors.ready:
        return _refused(host, ending)
    if ending.code == 0:
        return None
    how = "was killed by a signal" if ending.code is None else f"ended with exit code {ending.code}"
    said = ending.errors.text or "It said nothing on standard error."
    return ChangeFailed(
        f"{host}: the script {how}.\n{said}",
        "Run the same command again. If this comes back, report it with these lines.",
    )


def _refused(host: str, ending: Ending) -> GpudockError:
    said = ending.errors.text
    for words, what, hint in _SUDO:
        if "sudo" in said and words in said:
            return AccessDenied(f"{host}: {what}.\n{said}", hint)
    answer = "\n".join(text for text in (ending.output.text, said) if text) or f"(exit code {ending.code}, no word)"
    return AccessDenied(
        f"{host}: the login worked, but no shell started. The host answered:\n{answer}",
        "Log in as a user who has a shell, for example USER@HOST with the name the host asks for.",
    )


_ANOTHER = "Log in as root, or as a user who may use sudo."
_AGAIN = "Run again with --ask-sudo-pass and type the password anew."

# Words of sudo and of sudo-rs (Ubuntu 25.10 and later; its src/common/error.rs), under LC_ALL=C. A wrong password
# comes first: after it sudo tries the blank lines too, and then says more than one of these.
_SUDO = (
    ("incorrect password attempt", "sudo refused the password", _AGAIN),
    ("incorrect authentication attempt", "sudo refused the password", _AGAIN),
    ("try again", "sudo refused the password", _AGAIN),
    ("not in the sudoers file", "this user may not use sudo", _ANOTHER),
    ("I'm afraid I can't do that", "this user may not use sudo", _ANOTHER),
    ("may not run", "this user may not use sudo", _ANOTHER),
    ("is not allowed to execute", "sudo does not let this user start a shell", _ANOTHER),
    ("password is required", "sudo asks for a password", "Run again with --ask-sudo-pass."),
    ("interactive authentication is required", "sudo asks for a password", "Run again with --ask-sudo-pass."),
    ("must have a tty", "sudo asks for a terminal", "Remove `requiretty` from the host's sudoers file."),
    ("sudo: not found", "sudo is not installed", "Log in as root, or install sudo there."),
)
