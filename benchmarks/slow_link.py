"""A long way to a host on one machine: a TCP proxy on loopback that delays what passes, both ways.

The kernel's own means (netem) is missing in many, and needs root in all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

_CHUNK = 65536


@contextmanager
def slow_link(address: str, port: int, round_trip: float) -> Iterator[int]:
    """Give a port of loopback behind which `address` answers, `round_trip` seconds away."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_listen(address, port, round_trip))
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(address: str, port: int, round_trip: float) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The client is connected at once. Over a real link the host's side is open one and a half round trips later.
        await asyncio.sleep(round_trip * 1.5)
        there_reader, there_writer = await asyncio.open_connection(address, port)
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(
                carry(reader, there_writer, round_trip / 2), carry(there_reader, writer, round_trip / 2)
            )
        for end in (writer, there_writer):
            end.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Write all that is read, in its order, each piece `delay` seconds later; the end of it too."""
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        data = b"begin"
        while data:
            due, data = await under_way.get()
            await asyncio.sleep(due - clock())
            writer.write(data)
        if writer.can_write_eof():
            writer.write_eof()

    delivery = asyncio.ensure_future(deliver())
    data = b"begin"
    while data:
        data = await reader.read(_CHUNK)
        under_way.put_nowait((clock() + delay, data))
    await delivery


async def _close(server: asyncio.Server) -> None:
    """Stop listening, and hang up on those who are still connected: Ansible's logins outlive it."""
    server.close()
    conversations = asyncio.all_tasks() - {asyncio.current_task()}
    for conversation in conversations:
        conversation.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)
    await server.wait_closed()
