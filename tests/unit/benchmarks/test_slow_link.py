"""The slow link: what goes in comes out, in order, later, with its end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from benchmarks.slow_link import carry


class Written:
    """The other end of a link."""

    def __init__(self) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        self.ended = False

    def write(self, data: bytes) -> None:
        self.pieces.append((asyncio.get_running_loop().time(), data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = True


def carried(pieces: list[tuple[float, bytes]], delay: float) -> Written:
    """Carry pieces that arrive at these seconds of a clock that nobody waits for."""
    loop: Any = asyncio.new_event_loop()
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        await real_sleep(0)
        now += max(seconds, 0.0)

    async def conversation() -> Written:
        reader, end = asyncio.StreamReader(), Written()
        task = asyncio.ensure_future(carry(reader, end, delay))  # type: ignore[arg-type]
        for at, data in pieces:
            await sleep(at - now)
            reader.feed_data(data)
            for _ in range(5):
                await real_sleep(0)
        reader.feed_eof()
        await task
        return end

    real_sleep = asyncio.sleep
    loop.time = lambda: now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", sleep)
        try:
            done: Written = loop.run_until_complete(conversation())
        finally:
            loop.close()
    return done


def test_order_and_end_are_kept() -> None:
    """Red when pieces overtake each other, or when the end of what is read is not passed on."""
    done = carried([(0.0, b"one "), (0.0, b"two "), (1.0, b"three")], 0.025)
    assert b"".join(data for _, data in done.pieces) == b"one two three"
    assert done.ended


def test_each_piece_is_late_by_the_delay() -> None:
    """Red when a piece waits for the one before it, and not for its own time alone."""
    done = carried([(0.0, b"a"), (1.0, b"b")], 0.025)
    assert [(round(at, 3), data) for at, data in done.pieces if data] == [(0.025, b"a"), (1.025, b"b")]
