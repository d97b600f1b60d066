"""`lab.…` as a person runs them. Each test names the change to the code that turns it red."""

from __future__ import annotations

import pytest

from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.launching import ROOT, end, start


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host()


def test_ssh_runs_words_as_they_were_typed(host: Host) -> None:
    """Red: the words behind `--` given to ssh one by one, which joins them with spaces."""
    script = 'printf "%s|" "$@"; exit 7'
    words = ("a  b", "", "$HOME", "'", "--", "*")
    code, out, err = end(start(ROOT / "gpudock", "lab.ssh", host.name, "--", "sh", "-c", script, "sh", *words))
    assert (code, out, err) == (7, "a  b||$HOME|'|--|*|", "")


def test_ssh_as_another_user(host: Host) -> None:
    """Red: a name looked up with its user, or a user that ssh is not told."""
    assert end(start(ROOT / "gpudock", "lab.ssh", f"admin@{host.name}", "--", "id", "-un")) == (0, "admin\n", "")


def test_list_shows_what_runs(host: Host) -> None:
    """Red: a state that is not asked of the host's own process."""
    _, out, _ = end(start(ROOT / "gpudock", "lab.list"))
    [line] = [line.split() for line in out.splitlines() if line.startswith(host.name + " ")]
    assert line == [host.name, host.address, "trixie", "none", "up"]


@pytest.mark.parametrize("task", ["lab.ssh", "lab.down"])
def test_a_host_that_is_not_there(host: Host, task: str) -> None:
    """Red: a name that nobody compares with the hosts there are; `lab.down` would say that it removed it."""
    code, out, err = end(start(ROOT / "gpudock", task, host.name + "x"))
    assert (code, out) == (64, "")
    assert err == f"error: There is no disposable host '{host.name}x'.\nDid you mean {host.name}?\n"
