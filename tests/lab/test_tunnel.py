"""Tunnels to a real host: bytes both ways, a taken port, a port where nothing listens, a connection that is cut."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lab import Host
from tests.lab.driving import Gpudock, attempt, look
from tests.lab.reaching import within


@pytest.fixture(scope="module")
def served(ready_host: Host) -> Iterator[int]:
    """A port of the host's loopback that sends back what it gets, served by systemd."""
    unit = "[Socket]\nListenStream=127.0.0.1:7777\nAccept=yes\n"
    service = "[Service]\nExecStart=/bin/cat\nStandardInput=socket\n"
    look(ready_host, "cat >/run/systemd/system/t-echo.socket", stdin=unit)
    look(ready_host, "cat >/run/systemd/system/t-echo@.service", stdin=service)
    look(ready_host, "systemctl daemon-reload && systemctl start t-echo.socket")
    yield 7777
    look(ready_host, "systemctl stop t-echo.socket && rm /run/systemd/system/t-echo* && systemctl daemon-reload")


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def echoed(port: int, sent: bytes) -> bytes:
    """Return what comes back through the tunnel, to the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as near:
        near.sendall(sent)
        near.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: near.recv(65536), b""))


def heard(process: subprocess.Popen[str], words: str) -> str:
    """Read what the tunnel says up to a line with `words`."""
    assert process.stderr
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it never said {words!r}")


def login(host: Host) -> str:
    return f"admin@{host.name}"


def test_bytes_both_ways_until_ctrl_c(ready_host: Host, gpudock: Gpudock, served: int) -> None:
    """Red when one direction is not shut down after the other, or Ctrl-C ends in an error."""
    one, two = free_port(), free_port()
    with (
        within(40),
        gpudock.running("tunnel", login(ready_host), f"{one}:{served},{two}:{served + 1}") as tunnel,
    ):
        heard(tunnel, "The tunnel stands")
        listening = subprocess.run(("ss", "-ltn"), capture_output=True, text=True, check=True).stdout
        assert f"127.0.0.1:{one} " in listening
        assert f"0.0.0.0:{one} " not in listening
        assert echoed(one, b"a") == b"a"
        much = bytes(range(256)) * 2000
        assert echoed(one, much) == much
        with suppress(ConnectionResetError):
            assert echoed(two, b"a") == b""
        assert "nothing listens on its port 7778" in heard(tunnel, "nothing listens")
        tunnel.send_signal(signal.SIGINT)
        assert tunnel.wait(timeout=10) == 0


def test_a_cut_connection_comes_back(ready_host: Host, gpudock: Gpudock, served: int) -> None:
    """Red without `reopen`: the local port stays open and leads nowhere."""
    port = free_port()
    with within(40), gpudock.running("tunnel", f"guest@{ready_host.name}", f"{port}:{served}") as tunnel:
        heard(tunnel, "The tunnel stands")
        assert echoed(port, b"before") == b"before"
        attempt(ready_host, "pkill -u guest sshd-session || pkill -u guest sshd")
        heard(tunnel, "the connection broke")
        heard(tunnel, "connected again")
        assert echoed(port, b"after") == b"after"


def test_a_taken_port_is_refused_and_a_free_one_named(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when the second pair fails and the first stays open, or when the port is shared."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        began = time.monotonic()
        said = gpudock.run("tunnel", login(ready_host), f"{free_port()}:22,{taken}:22")
    assert said.code == 64
    assert f"Port {taken} of this machine is taken." in said.err
    offered = int(said.err.rsplit(" ", 1)[1])
    assert offered != taken
    assert time.monotonic() - began < 20
    with socket.socket() as free:
        free.bind(("127.0.0.1", offered))


def test_a_host_that_forwards_nothing_says_so(ready_host: Host, gpudock: Gpudock) -> None:
    """Red when a prohibition is told as a port where nothing listens."""
    rule = "/etc/ssh/sshd_config.d/t-no-forwarding.conf"
    look(ready_host, f"printf 'Match User guest\\n  AllowTcpForwarding no\\n' >{rule} && systemctl reload ssh")
    port = free_port()
    try:
        with within(30), gpudock.running("tunnel", f"guest@{ready_host.name}", f"{port}:22") as tunnel:
            heard(tunnel, "The tunnel stands")
            with suppress(ConnectionResetError):
                echoed(port, b"a")
            heard(tunnel, "forwards no ports")
    finally:
        look(ready_host, f"rm {rule} && systemctl reload ssh")
