"""Programs on a host that SSH reaches: with streams of ours, or with this process's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from threading import Thread

from paramiko import Channel, SSHException, Transport

from provisioning.errors import Unreachable
from provisioning.runners.terminal import raw_terminal, size

_CHUNK = 1 << 18
_BROKEN = "Check the network, then look at what became of it: ./gpudock containers.list HOST"


class SshProcess:
    """See `Process`."""

    def __init__(self, host: str, channel: Channel) -> None:
        self._host = host
        self._channel = channel

    def write(self, data: bytes) -> None:
        try:
            self._channel.sendall(data)
        except OSError as closed:
            raise BrokenPipeError from closed

    def end_input(self) -> None:
        with suppress(OSError, EOFError):
            self._channel.shutdown_write()

    def output(self) -> Iterator[bytes]:
        return _chunks(self._channel.recv)

    def errors(self) -> Iterator[bytes]:
        return _chunks(self._channel.recv_stderr)

    def wait(self) -> int:
        return _exit_code(self._host, self._channel)

    def close(self) -> None:
        self._channel.close()


def attach(host: str, channel: Channel, line: str, *, terminal: bool, interrupted: Callable[[], object]) -> int:
    """Run `line` on a fresh `channel` with this process's own standard streams. See `Runner.attach`."""
    try:
        if terminal:
            channel.get_pty(os.environ.get("TERM", "dumb"), *size())
        channel.exec_command(line)
    except (SSHException, EOFError, OSError) as problem:
        raise Unreachable(f"{host}: the connection broke ({problem}).", _BROKEN) from problem
    process = SshProcess(host, channel)
    try:
        if not terminal:
            return _converse(process, interrupted)
        with raw_terminal(lambda: channel.resize_pty(*size())):
            return _converse(process, interrupted)
    finally:
        channel.close()


def _converse(process: SshProcess, interrupted: Callable[[], object]) -> int:
    Thread(target=_give_input, args=(process,), daemon=True).start()  # it may read for ever from a terminal
    with ThreadPoolExecutor(2) as pool:
        try:
            return _ended(process, pool, interrupted)
        except BaseException:
            process.close()  # else the pool waits for the program
            raise


def _ended(process: SshProcess, pool: Executor, interrupted: Callable[[], object]) -> int:
    pumps: list[Future[None]] = []
    try:
        return _said_all(process, pool, pumps)
    except KeyboardInterrupt:
        interrupted()
        return _said_all(process, pool, pumps)  # what it says on its way out is heard


def _said_all(process: SshProcess, pool: Executor, pumps: list[Future[None]]) -> int:
    """Hand on what it says to its end. `pumps`: those at work, for Ctrl-C may come before both of them are."""
    for read, descriptor in ((process.output, 1), (process.errors, 2))[len(pumps) :]:
        pumps.append(pool.submit(_pass_on, read(), descriptor))
    for pump in as_completed(pumps):
        pump.result()  # raises BrokenPipeError when nobody reads our output any more
    return process.wait()


def _give_input(process: SshProcess) -> None:
    with suppress(BrokenPipeError):
        while chunk := os.read(sys.stdin.fileno(), _CHUNK):
            process.write(chunk)
    process.end_input()


def _pass_on(chunks: Iterator[bytes], descriptor: int) -> None:
    for chunk in chunks:
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _exit_code(host: str, channel: Channel) -> int:
    """Without an exit code a signal ended the program, or the connection broke."""
    code = channel.recv_exit_status()
    if code < 0 and is_gone(channel.get_transport()):
        raise Unreachable(f"{host}: the connection broke while the program ran.", _BROKEN)
    return code if code >= 0 else 255


def is_gone(transport: Transport) -> bool:
    """Tell a broken connection from a program that a signal ended: neither sends an exit code."""
    transport.join(timeout=1)  # channels close a moment before the transport says that it ended
    return not transport.is_active()


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(_CHUNK):
        yield chunk
