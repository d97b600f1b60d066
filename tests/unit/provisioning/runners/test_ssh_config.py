"""Where a host is, from what `ssh -G` answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provisioning.errors import UsageError
from provisioning.hosts import Address, parse_host
from provisioning.runners.model import Access
from provisioning.runners.ssh_config import Hop, find_route, read_hop

# Lines that OpenSSH 9.2 printed for such a host, others left out.
ANSWER = """\
host gpu1
user ubuntu
hostname gpu1.example
port 2222
hashknownhosts no
identitiesonly no
stricthostkeychecking ask
identityfile ~/.ssh/id_rsa
identityfile /keys/a b/%r@%h
globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2
userknownhostsfile /home/me/.ssh/known_hosts /home/me/a b/known_hosts2
connecttimeout none
"""


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ssh knows of the person at the keyboard."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("LOGNAME", "me")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")


def hop(extra: str = "", text: str = "gpu1", access: Access | None = None) -> Hop:
    return read_hop(parse_host(text), access or Access(), extra + ANSWER)


def test_a_host_as_ssh_sees_it() -> None:
    assert hop() == Hop(
        text="gpu1",
        name="gpu1.example",
        port=2222,
        user="ubuntu",
        identities=(Path("/home/me/.ssh/id_rsa"), Path("/keys/a b/ubuntu@gpu1.example")),
        identities_only=False,
        agent="/run/agent",
        known_hosts=(
            Path("/home/me/.ssh/known_hosts"),
            Path("/home/me/a b/known_hosts2"),
            Path("/etc/ssh/ssh_known_hosts"),
            Path("/etc/ssh/ssh_known_hosts2"),
        ),
        writable_known_hosts=Path("/home/me/.ssh/known_hosts"),
        hash_known_hosts=False,
        host_key_alias=None,
        accept_new=False,
        timeout=10,
        proxy_command=None,
        jumps=(),
    )


def test_an_answer_without_anything() -> None:
    bare = read_hop(parse_host("gpu1"), Access(), "")
    assert (bare.name, bare.port, bare.user, bare.known_hosts, bare.writable_known_hosts) == (
        "gpu1",
        22,
        "me",
        (),
        None,
    )


def test_user_and_port_of_the_command_line_win() -> None:
    found = hop(text="root@gpu1:7")
    assert (found.user, found.port) == ("root", 7)


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("identitiesonly yes", "identities_only", True),
        ("hashknownhosts yes", "hash_known_hosts", True),
        ("hostkeyalias pool-a", "host_key_alias", "pool-a"),
        ("stricthostkeychecking accept-new", "accept_new", True),
        ("stricthostkeychecking false", "accept_new", False),
        ("stricthostkeychecking true", "accept_new", False),
        ("connecttimeout 7", "timeout", 7),
        ("identityagent none", "agent", None),
        ("identityagent SSH_AUTH_SOCK", "agent", "/run/agent"),
        ("identityagent $MINE", "agent", "/run/mine"),
        ("identityagent $NOBODYS", "agent", None),
        ("identityagent ${MINE}.2", "agent", "/run/mine.2"),
        ("identityagent ~/agent of %u", "agent", "/home/me/agent of me"),
        ("userknownhostsfile none", "writable_known_hosts", None),
        ("userknownhostsfile /dev/null", "writable_known_hosts", Path("/dev/null")),
        ("proxycommand nc %h %p %r %n 100%% %X", "proxy_command", "nc gpu1.example 2222 ubuntu gpu1 100% %X"),
        ("proxycommand none", "proxy_command", None),
        ("proxyjump none", "jumps", ()),
        ("proxyjump j1", "jumps", (Address("j1", None, "j1", None),)),
        (
            "proxyjump me@j1:7,[::1]:22",
            "jumps",
            (Address("me@j1:7", "me", "j1", 7), Address("[::1]:22", None, "::1", 22)),
        ),
    ],
)
def test_one_keyword(monkeypatch: pytest.MonkeyPatch, line: str, field: str, value: object) -> None:
    monkeypatch.setenv("MINE", "/run/mine")
    key = line.partition(" ")[0]
    rest = "".join(each for each in ANSWER.splitlines(keepends=True) if not each.startswith(key + " "))
    assert getattr(read_hop(parse_host("gpu1"), Access(), f"{line}\n{rest}"), field) == value


def test_without_an_agent_in_the_environment_the_system_is_asked_for_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK")
    assert hop().agent == ""


def test_paths_on_windows_are_told_apart() -> None:
    found = hop("userknownhostsfile C:\\Users\\a b/.ssh/known_hosts D:/known\n")
    assert [str(path) for path in found.known_hosts[:2]] == ["C:\\Users\\a b/.ssh/known_hosts", "D:/known"]


@pytest.mark.parametrize(("option", "config", "expected"), [(10, None, 10), (10, 7, 7), (30, 7, 30), (30, None, 30)])
def test_connect_timeout(option: int, config: int | None, expected: int) -> None:
    said = f"connecttimeout {config}\n" if config else ""
    assert hop(said, access=Access(connect_timeout=option)).timeout == expected


def test_new_keys_are_accepted_where_the_person_said_so() -> None:
    assert hop(access=Access(accept_new_host_keys=True)).accept_new


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("gpu1", "hostname gpu1\n", "gpu1"),
        ("root@gpu1:7", "hostname gpu1\n", "root@gpu1:7"),
        ("gpu1", "hostname gpu1.example\n", "gpu1 (gpu1.example)"),
        ("mine", "hostname 10.0.0.7\n", "mine (10.0.0.7)"),
        ("mine", "hostname 10.0.0.7\nport 7\n", "mine (10.0.0.7 port 7)"),
    ],
)
def test_what_people_see(text: str, answer: str, expected: str) -> None:
    assert read_hop(parse_host(text), Access(), answer).shown == expected


class Configured:
    """Answers as ssh would, from a table of what each name says; remembers who asked with which access."""

    def __init__(self, **jumps: str) -> None:
        self.jumps = jumps
        self.asked: list[tuple[str, Access]] = []

    def __call__(self, address: Address, access: Access) -> str:
        self.asked.append((address.text, access))
        return f"hostname {address.name}\n{self.jumps.get(address.name, '')}\n"


ROUTES = {
    "straight": ({}, ["gpu1"]),
    "one gateway": ({"gpu1": "proxyjump a"}, ["a", "gpu1"]),
    "several, in the order they are passed": ({"gpu1": "proxyjump a,b,c"}, ["a", "b", "c", "gpu1"]),
    "the gateway has its own": ({"gpu1": "proxyjump b", "b": "proxyjump a"}, ["a", "b", "gpu1"]),
    "only the first of several has its own": (
        {"gpu1": "proxyjump b,c", "b": "proxyjump a", "c": "proxyjump z"},
        ["a", "b", "c", "gpu1"],
    ),
    "user and port of a hop": ({"gpu1": "proxyjump you@a:7"}, ["you@a:7", "gpu1"]),
}


@pytest.mark.parametrize(("jumps", "expected"), ROUTES.values(), ids=ROUTES.keys())
def test_route(jumps: dict[str, str], expected: list[str]) -> None:
    assert [each.text for each in find_route(parse_host("gpu1"), Access(), Configured(**jumps))] == expected


@pytest.mark.parametrize(
    "jumps",
    [
        {"gpu1": "proxyjump gpu1"},
        {"gpu1": "proxyjump a", "a": "proxyjump gpu1"},
        {"gpu1": "proxyjump a,b", "a": "proxyjump b"},
        {"gpu1": "proxyjump you@gpu1"},
    ],
)
def test_a_circle_is_refused(jumps: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="circle"):
        find_route(parse_host("gpu1"), Access(), Configured(**jumps))


def test_a_gateway_is_asked_for_without_the_identity_of_the_host() -> None:
    configured = Configured(gpu1="proxyjump a")
    access = Access(identity=Path("/keys/mine"), ssh_config=Path("/config"))
    find_route(parse_host("gpu1"), access, configured)
    assert configured.asked == [("gpu1", access), ("a", replace(access, identity=None))]


def test_between_two_gateways_no_proxy_command_stands() -> None:
    configured = Configured(gpu1="proxyjump a,b", a="proxycommand nc %h", b="proxycommand nc %h")
    assert [each.proxy_command for each in find_route(parse_host("gpu1"), Access(), configured)] == ["nc a", None, None]
