"""A sentence for each way in which a host cannot be reached."""

from __future__ import annotations

import errno
import socket

import pytest
from paramiko import ChannelException, SSHException
from paramiko.ssh_exception import IncompatiblePeer

from provisioning.errors import Unreachable
from provisioning.hosts import parse_host
from provisioning.runners.model import Access
from provisioning.runners.ssh_config import read_hop
from provisioning.runners.unreachable import ATTEMPT_ERRORS, explain, explain_session

GATEWAY = read_hop(parse_host("jump"), Access(), "hostname jump\nuser me\nport 22\n")
HOST = read_hop(parse_host("gpu1"), Access(), "hostname gpu1\nuser me\nport 2222\nconnecttimeout 7\n")

STRAIGHT = [
    (socket.gaierror(-2, "Name or service not known"), "the name gpu1 does not resolve (Name or service not known)"),
    (TimeoutError("timed out"), "no answer within 7 seconds"),
    (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "nothing listens on port 2222"),
    (OSError(errno.EHOSTUNREACH, "No route to host"), "there is no route to gpu1"),
    (OSError(errno.ENETUNREACH, "Network is unreachable"), "there is no route to gpu1"),
    (OSError(errno.EMFILE, "Too many open files"), "the connection failed ([Errno 24] Too many open files)"),
    (ConnectionResetError(errno.ECONNRESET, "reset"), "it hung up, or what answers is no SSH server"),
    (EOFError(), "it hung up, or what answers is no SSH server"),
    (SSHException("Error reading SSH protocol banner"), "it hung up, or what answers is no SSH server"),
    (IncompatiblePeer("no acceptable host key"), "its SSH server is too old or too new (no acceptable host key)"),
    (
        SSHException("No existing session"),
        "its SSH server began to answer, and did not end within 14 seconds",
    ),
    (SSHException("Key exchange failed"), "the connection failed (Key exchange failed)"),
    (SSHException(), "the connection failed (SSHException)"),
]

BEHIND = [
    (ChannelException(1, "open failed"), "the gateway jump does not forward connections"),
    (ChannelException(2, "Connection refused"), "the gateway jump cannot reach it (Connection refused)"),
    (TimeoutError(), "no answer within 7 seconds"),
    (SSHException("Timeout opening channel."), "the connection failed (Timeout opening channel.)"),
]


@pytest.mark.parametrize(("problem", "sentence"), STRAIGHT)
def test_straight(problem: Exception, sentence: str) -> None:
    error = explain(HOST, None, problem)
    assert isinstance(problem, ATTEMPT_ERRORS)
    assert isinstance(error, Unreachable)
    assert error.message == f"gpu1: {sentence}."
    assert error.hint


@pytest.mark.parametrize(("problem", "sentence"), BEHIND)
def test_behind_a_gateway(problem: Exception, sentence: str) -> None:
    assert explain(HOST, GATEWAY, problem).message == f"gpu1: {sentence}."


def test_every_sentence_is_its_own() -> None:
    assert len({sentence for _, sentence in STRAIGHT}) == 10


def test_a_server_that_opens_no_session() -> None:
    error = explain_session("gpu1", ChannelException(2, "open failed"), "Run it again.")
    assert error.message == "gpu1: its SSH server lets the user in, and refuses to open a session (open failed)."
    assert "MaxSessions" in error.hint


def test_a_connection_that_breaks_when_a_session_is_opened() -> None:
    error = explain_session("gpu1", SSHException("SSH session not active"), "Run it again.")
    assert (error.message, error.hint) == ("gpu1: the connection broke (SSH session not active).", "Run it again.")
