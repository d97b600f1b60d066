"""Ports of this machine that lead to ports of a host: listen here, dial there, carry the bytes both ways."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from threading import Event, Thread

from provisioning.errors import GpudockError, Unreachable, UsageError
from provisioning.runners.forwarding import PATIENCE, PortPair, pauses
from provisioning.runners.model import Dialer, Stream

LOOPBACK = "127.0.0.1"
_CHUNK = 1 << 16
_LOOK = 0.5
"""Seconds between two looks at the connection."""


class Tunnel:
    """Listens on 127.0.0.1 alone, from `open` until `close`."""

    def __init__(self, line: Dialer, say: Callable[[str], None]) -> None:
        self._line = line
        self._say = say
        self._listeners: list[socket.socket] = []
        self._silent: set[int] = set()
        self._ended = Event()

    def open(self, pairs: Sequence[PortPair]) -> None:
        """Listen on the local port of every pair. Raises UsageError for one that is taken; then none is open."""
        try:
            for pair in pairs:
                self._listeners.append(listen(pair.local))
        except UsageError:
            self.close()
            raise
        for listener, pair in zip(self._listeners, pairs, strict=True):
            Thread(target=self._accept, args=(listener, pair.remote), daemon=True).start()

    def hold(self) -> None:
        """Stay until `close`, and bring the connection back when it breaks.

        Raises Unreachable when it cannot be brought back within PATIENCE, AccessDenied when we are not let in again.
        """
        while not self._ended.wait(_LOOK):
            if not self._line.is_open():
                self._bring_back()

    def close(self) -> None:
        """Listen no more. May be called twice."""
        self._ended.set()
        while self._listeners:
            listener = self._listeners.pop()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
            listener.close()

    def _bring_back(self) -> None:
        self._say(f"{self._line.host}: the connection broke; trying again for {PATIENCE / 60:.0f} minutes")
        for pause in pauses():
            try:
                self._line.reopen()
            except Unreachable as error:
                problem = error
            else:
                self._say(f"{self._line.host}: connected again")
                return
            if self._ended.wait(pause):
                return
        raise problem

    def _accept(self, listener: socket.socket, port: int) -> None:
        with suppress(OSError):  # closed
            while not self._ended.is_set():
                near, _ = listener.accept()
                Thread(target=self._carry, args=(near, port), daemon=True).start()

    def _carry(self, near: socket.socket, port: int) -> None:
        with closing(near):
            far = self._dial(port)
            if far is None:
                return
            with closing(far):
                back = Thread(target=self._carry_back, args=(far, near), daemon=True)
                back.start()
                _copy(near, far)
                back.join()

    def _carry_back(self, far: Stream, near: socket.socket) -> None:
        _copy(far, near)
        if not self._line.is_open():
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)  # nothing will be carried any more: whoever waits here shall know

    def _dial(self, port: int) -> Stream | None:
        try:
            far = self._line.dial(port)
        except ConnectionRefusedError:
            self._say_once(port, f"{self._line.host}: nothing listens on its port {port} yet")
        except GpudockError as error:
            self._say_once(port, error.message)
        else:
            self._silent.discard(port)
            return far
        return None

    def _say_once(self, port: int, sentence: str) -> None:
        """Browsers try again and again: one line until it works."""
        if port not in self._silent:
            self._silent.add(port)
            self._say(sentence)


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine's loopback. Raises UsageError, with a free port to take instead."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else the port stays shut a minute after use
        listener.bind((LOOPBACK, port))
        listener.listen(64)
    except OSError as problem:
        listener.close()
        why = "is taken" if problem.errno == errno.EADDRINUSE else f"cannot be opened ({problem.strerror})"
        raise UsageError(f"Port {port} of this machine {why}.", f"This one is free: {free_port()}") from problem
    return listener


def free_port(wished: int = 0) -> int:
    """Return a port of this machine on which nothing listens: `wished` if that is one."""
    with socket.socket() as trial:
        try:
            trial.bind((LOOPBACK, wished))
        except OSError:
            trial.bind((LOOPBACK, 0))
        return int(trial.getsockname()[1])


def dial_here(port: int) -> socket.socket:
    """Return a connection to a port of this machine's loopback. Raises ConnectionRefusedError."""
    return socket.create_connection((LOOPBACK, port))


def _copy(source: Stream, sink: Stream) -> None:
    with suppress(OSError, EOFError):
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
    with suppress(OSError, EOFError):
        sink.shutdown(socket.SHUT_WR)
