"""A log that is read again and again from where it broke off is what one whole reading would have given."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.containers.log_records import LogStream, resume_at

PIECE = 16384


def stamp(number: int) -> str:
    return f"2026-11-20T13:{number // 60:02}:{number % 60:02}.000000000Z"


def written(lines: Sequence[tuple[int, bytes]]) -> list[bytes]:
    """Return the records as docker writes them: pieces of a long line bear its time each."""
    records = []
    for second, line in lines:
        head = stamp(second).encode() + b" "
        pieces = [line[at : at + PIECE] for at in range(0, len(line), PIECE)] or [b""]
        if len(pieces[-1]) == PIECE:
            pieces.append(b"")
        pieces[-1] += b"\n"
        records += [head + piece for piece in pieces]
    return records


LINES = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from([b"", b"x", b"epoch 1", b"y" * 40, b"z" * PIECE, b"w" * (PIECE + 5)])),
    max_size=12,
).map(sorted)


@given(LINES, st.lists(st.floats(0, 1), max_size=4), st.integers(1, 50_000))
def test_no_record_is_lost_or_doubled_wherever_it_breaks(
    lines: list[tuple[int, bytes]], breaks: list[float], size: int
) -> None:
    """The engine gives whole records from the asked time on; the connection may break at any byte."""
    stream, heard = LogStream(), b""
    for cut in [*breaks, 1.0]:
        stream.begin()
        said = b"".join(record for record in written(lines) if record[:30].decode() >= stream.last)
        said = said[: round(len(said) * cut)]
        for at in range(0, len(said), size):
            heard += stream.feed(said[at : at + size])
    assert heard == b"".join(line + b"\n" for _, line in lines)
    assert stream.complaint == b""


def test_what_has_no_line_end_comes_at_the_end() -> None:
    stream = LogStream()
    assert stream.feed(f"{stamp(1)} one\n{stamp(2)} tw".encode()) == b"one\n"
    assert stream.end() == b"tw"
    assert stream.end() == b""


def test_words_of_docker_itself_are_no_records() -> None:
    stream = LogStream()
    assert stream.feed(f"{stamp(1)} one\n".encode()) == b"one\n"
    assert stream.feed(b"Error response from daemon: it is gone, and says so at length\n") == b""
    assert stream.complaint.startswith(b"Error response")
    stream.begin()
    assert stream.complaint == b""


def test_an_empty_line_is_a_record() -> None:
    assert LogStream().feed(f"{stamp(1)} \n".encode()) == b"\n"


@pytest.mark.parametrize(
    ("out", "err", "since"),
    [
        ("", "", ""),
        (stamp(300), "", "2026-11-20T13:04:00Z"),
        (stamp(300), stamp(240), "2026-11-20T13:03:00Z"),
    ],
)
def test_both_are_read_from_where_the_earlier_one_stopped(out: str, err: str, since: str) -> None:
    assert resume_at((LogStream(out), LogStream(err))) == since
