"""The log of a container, read again and again from where it broke off: no record is lost, none comes twice.

`docker logs --timestamps` puts a time of fixed width before each record. A record is a line, or 16 KiB of a longer
one, whose pieces all bear the same time (measured with Docker 26.1.5; moby's daemon/logger/copier.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z ")
_HEAD = 31
_PIECE = 16384


@dataclass
class LogStream:
    """One of the two streams. `begin` starts another reading of it, `feed` gives what was not there before."""

    last: str = ""
    """The time of the last record that was given out."""
    complaint: bytes = b""
    """What docker itself said instead of records."""
    _given: int = 0
    """How many records of that time were given out."""
    _again: int = 0
    """How many of those this reading has met."""
    _caught_up: bool = True
    _open: bytes = b""

    def begin(self) -> None:
        self._open, self.complaint = b"", b""
        self._caught_up, self._again = not self.last, 0

    def feed(self, chunk: bytes) -> bytes:
        """Return the new records that are whole."""
        self._open += chunk
        return b"".join(self._new(stamp, body) for stamp, body in self._records())

    def end(self) -> bytes:
        """Return what a program that has ended left without a line's end."""
        left, self._open = self._open, b""
        return self._new(left[: _HEAD - 1].decode(), left[_HEAD:]) if _STAMP.match(left) else b""

    def _records(self) -> Iterator[tuple[str, bytes]]:
        while len(self._open) > _HEAD or self._open.endswith(b"\n"):
            if not _STAMP.match(self._open):
                self.complaint, self._open = self.complaint + self._open, b""
                return
            line_end = self._open.find(b"\n", _HEAD, _HEAD + _PIECE)
            end = _HEAD + _PIECE if line_end < 0 else line_end + 1
            if len(self._open) < end:
                return
            record, self._open = self._open[:end], self._open[end:]
            yield record[: _HEAD - 1].decode(), record[_HEAD:]

    def _new(self, stamp: str, body: bytes) -> bytes:
        if not self._caught_up:
            if stamp < self.last:
                return b""
            if stamp == self.last and self._again < self._given:
                self._again += 1
                return b""
            self._caught_up = True
        self._given = self._given + 1 if stamp == self.last else 1
        self.last = stamp
        return body


def resume_at(streams: Iterable[LogStream]) -> str:
    """Return the time from which both streams must be read again; '' from the beginning.

    It lies a minute back, for of a stream that has not spoken yet nothing is known: what it said last may have been on
    its way when the connection broke. The other one knows what it has given out.
    """
    spoken = [stream.last for stream in streams if stream.last]
    if not spoken:
        return ""
    return f"{(datetime.fromisoformat(min(spoken)[:19]) - _ON_ITS_WAY).isoformat()}Z"


_ON_ITS_WAY = timedelta(minutes=1)
