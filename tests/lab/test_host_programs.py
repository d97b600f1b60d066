"""Programs on real hosts that talk with us: their streams, their exit codes, our terminal, a connection that is cut."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from threading import Thread
from typing import Any

import pytest

from lab import Host
from provisioning.containers.asking import ask, listen
from provisioning.errors import Unreachable
from provisioning.hosts import parse_host
from provisioning.runners import connect
from provisioning.runners.model import Process, ProgramRunner
from tests.lab.conftest import RaiseHost
from tests.lab.driving import ROOT
from tests.lab.reaching import access, within

MUCH = 50_000_000


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="programs")


@pytest.fixture(params=["there", "here"])
def runner(request: pytest.FixtureRequest, host: Host) -> Iterator[ProgramRunner]:
    """The runner of a host, and that of this machine: the same is promised of both."""
    address = parse_host(f"admin@{host.name}") if request.param == "there" else None
    with closing(connect(address, access())) as runner:
        yield runner


def test_streams_apart_and_the_exit_code(runner: ProgramRunner) -> None:
    """Red when standard error is mixed into the output, or the exit code is that of a shell between."""
    answer = ask(runner, ("sh", "-c", "cat; echo oops >&2; exit 7"), b"given")
    assert (answer.code, answer.output, answer.errors) == (7, "given", "oops\n")


@pytest.mark.parametrize("words", [("printf", "%s|", "a b", "it's", "$HOME", "`id`", "", "\n", "ü", "!!", "\\")])
def test_words_arrive_as_they_are(runner: ProgramRunner, words: tuple[str, ...]) -> None:
    """Red when the login shell reads them too."""
    assert ask(runner, words).output == "".join(f"{word}|" for word in words[2:])


def test_a_program_that_is_not_there(runner: ProgramRunner) -> None:
    """Red when that is an exception on one side and an exit code on the other."""
    assert ask(runner, ("no-such-program",)).code == 127


def test_much_both_ways_at_once(runner: ProgramRunner) -> None:
    """Red when all is written before anything is read, or a window is not emptied; 50 MB stay no 50 MB in memory."""
    block = os.urandom(1 << 20)
    expected, seen = hashlib.sha256(), hashlib.sha256()

    def give(process: Process) -> None:
        for _ in range(MUCH >> 20):
            process.write(block)
            expected.update(block)
        process.end_input()

    with within(60), closing(runner.start(("cat",))) as process:
        giver = Thread(target=give, args=(process,))
        giver.start()
        for chunk in process.output():
            seen.update(chunk)
        giver.join()
        assert process.wait() == 0
    assert seen.digest() == expected.digest()


def test_a_program_that_reads_no_more(runner: ProgramRunner) -> None:
    """Red when a closed pipe is an error of ours."""
    with within(20):
        assert ask(runner, ("sh", "-c", "exec <&-; exit 3"), b"x" * 5_000_000).code == 3


def test_ctrl_c_while_asking_does_not_wait(runner: ProgramRunner) -> None:
    """Red when `listen` lets the pool wait for the program's end."""

    def interrupted(_: bytes) -> None:
        raise KeyboardInterrupt

    with within(10), pytest.raises(KeyboardInterrupt):
        listen(runner, ("sh", "-c", "echo; exec sleep 60"), interrupted)


def test_a_connection_that_is_cut(host: Host) -> None:
    """Red when a cut connection is taken for a program that a signal ended; the next program dials anew."""
    with closing(connect(parse_host(f"root@{host.name}"), access())) as runner:
        session = "kill -9 $(ps -o ppid= -p $PPID) $PPID; sleep 9"
        with within(20), pytest.raises(Unreachable, match="the connection broke"):
            ask(runner, ("sh", "-c", session))
        assert ask(runner, ("echo", "back")).output == "back\n"


DRIVER: tuple[str, ...] = (sys.executable, "-m", "tests.lab.attach_driver")


def place(host: Host, where: str) -> str:
    return f"admin@{host.name}" if where == "there" else "-"


@contextmanager
def begun(argv: tuple[str, ...], **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start it, and end it when a test fails before."""
    with subprocess.Popen(argv, cwd=ROOT, **streams) as process:
        try:
            yield process
        finally:
            process.kill()


WHERE = pytest.mark.parametrize("where", ["there", "here"])
PIPES: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@WHERE
def test_our_own_streams(host: Host, where: str) -> None:
    """Red when one of the three streams is not handed on."""
    argv = (*DRIVER, place(host, where), "pipes", "sh", "-c", "cat; echo oops >&2; exit 5")
    done = subprocess.run(argv, input=b"given\n", capture_output=True, cwd=ROOT, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (5, b"given\n", b"oops\n")


def test_a_reader_that_leaves_ends_it(host: Host) -> None:
    """Red when nobody notices that our output is not read any more: `… | head` then hangs."""
    argv = (*DRIVER, place(host, "there"), "pipes", "yes")
    with within(20), begun(argv, **PIPES) as process:
        assert process.stdout
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait() != 0


def test_ctrl_c_without_a_terminal_is_told_and_heard_out(host: Host) -> None:
    """Red when the channel is closed at once: what the program says on its way out was lost."""
    waits = "echo ready; sleep 2; echo last words; exit 9"
    with within(30), begun((*DRIVER, place(host, "there"), "pipes", "sh", "-c", waits), **PIPES) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (9, b"last words\n", b"told\n")


def test_a_second_ctrl_c_leaves(host: Host) -> None:
    """Red when the second one is swallowed too."""
    argv = (*DRIVER, place(host, "there"), "pipes", "sh", "-c", "echo ready; sleep 60")
    with within(30), begun(argv, **PIPES) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline() == b"told\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline() == b"left\n"
        assert process.wait() == 1


@WHERE
def test_a_terminal_of_ones_own(host: Host, where: str) -> None:
    """Red when its size is not handed on, at the start or when it changes, or when Ctrl-C is ours instead of its."""
    person, terminal = pty.openpty()
    resize(terminal, 31, 101)
    program = "trap 'stty size; exit 6' INT; stty size; read line; echo got $line; while :; do sleep 0.1; done"
    argv = ("setsid", "--wait", "--ctty", *DRIVER, place(host, where), "terminal", "sh", "-c", program)
    with within(30), begun(argv, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        shown = shown_on(person)
        until(shown, b"31 101")
        os.write(person, b"hello\r")
        until(shown, b"got hello")
        resize(person, 44, 88)
        os.write(person, b"\x03")
        until(shown, b"44 88")
        assert process.wait() == 6
    os.close(person)


def resize(descriptor: int, rows: int, columns: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def shown_on(person: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(person, 4096)
        except OSError:  # the last program has left the terminal
            return


def until(shown: Iterator[bytes], words: bytes) -> None:
    seen = b""
    for chunk in chain(shown):
        seen += chunk
        if words in seen:
            return
    raise AssertionError(f"{words!r} was never shown, but {seen!r}")
