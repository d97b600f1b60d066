"""Which hosts a person means, and which words cannot be a host."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.errors import UsageError
from provisioning.hosts import Address, parse_hosts

MEANT = {
    "gpu1": (None, "gpu1", None),
    "gpu1.example.com": (None, "gpu1.example.com", None),
    "ubuntu@gpu1": ("ubuntu", "gpu1", None),
    "ubuntu@gpu1:2222": ("ubuntu", "gpu1", 2222),
    "gpu1:1": (None, "gpu1", 1),
    "gpu1:65535": (None, "gpu1", 65535),
    "10.0.0.7:22": (None, "10.0.0.7", 22),
    "[::1]": (None, "::1", None),
    "[::1]:22": (None, "::1", 22),
    "root@[2001:db8::7]:2222": ("root", "2001:db8::7", 2222),
    "::1": (None, "::1", None),
    "root@fe80::1%eth0": ("root", "fe80::1%eth0", None),
    "[fe80::1%eth0]:22": (None, "fe80::1%eth0", 22),
    "alias_with-marks": (None, "alias_with-marks", None),
    "somebody@ad.example@gpu1": ("somebody@ad.example", "gpu1", None),
    "bücher.example": (None, "bücher.example", None),
}

REFUSED = {
    "": "its host name is empty",
    "user@": "its host name is empty",
    "@gpu1": "its user is empty",
    ":22": "its host name is empty",
    "gpu1:": "'' is no port from 1 to 65535",
    "gpu1:0": "'0' is no port from 1 to 65535",
    "gpu1:65536": "'65536' is no port from 1 to 65535",
    "gpu1:ssh": "'ssh' is no port from 1 to 65535",
    "gpu1:+22": "'+22' is no port from 1 to 65535",
    "gpu1:２２": "'２２' is no port from 1 to 65535",
    "-oProxyCommand=x": "a host name does not start with a dash, which would make it an option of ssh",
    "-l@gpu1": "a user does not start with a dash, which would make it an option of ssh",
    "root@-oProxyCommand=x": "a host name does not start with a dash, which would make it an option of ssh",
    "gpu 1": "a host name does not hold ' '",
    " gpu1": "a host name does not hold ' '",
    "gpu1\n": "a host name does not hold '\\n'",
    "gpu\x001": "a host name does not hold '\\x00'",
    "gpu\x9b1": "a host name does not hold '\\x9b'",
    "`id`@gpu1": "a user does not hold '`'",
    "$(id)": "a host name does not hold '$'",
    "gpu1;id": "a host name does not hold ';'",
    "ssh://gpu1": "'//gpu1' is no port from 1 to 65535",
    "gpu1/x": "a host name does not hold '/'",
    "[::1": "its bracket is not closed, or something else than `:port` follows",
    "[::1]22": "its bracket is not closed, or something else than `:port` follows",
    "[gpu1]:22": "'gpu1' is no IPv6 address",
    "1:2:3": "'1:2:3' is no IPv6 address",
}


@pytest.mark.parametrize(("text", "parts"), MEANT.items())
def test_one_host(text: str, parts: tuple[str | None, str, int | None]) -> None:
    assert parse_hosts(text) == (Address(text, *parts),)


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_refused_with_the_value_the_reason_and_the_form(text: str, why: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_hosts(text)
    assert refusal.value.message.startswith("HOST ")
    assert refusal.value.message.endswith(f" cannot be meant: {why}.")
    assert "[user@]name[:port]" in refusal.value.hint


def test_several_keep_their_order() -> None:
    assert [each.text for each in parse_hosts("b,root@a:22,[::1]:22,a")] == ["b", "root@a:22", "[::1]:22", "a"]


@pytest.mark.parametrize("text", ["a,", ",a", "a,,b", "a, b"])
def test_gaps_and_spaces_between_commas_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_hosts(text)


@pytest.mark.parametrize("text", ["a,a", "a,A", "u@a:1,u@a:1", "::1,[::1]"])
def test_doubles_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="named twice"):
        parse_hosts(text)


@given(st.text())
def test_no_text_becomes_an_option_or_shell_syntax(text: str) -> None:
    try:
        addresses = parse_hosts(text)
    except UsageError:
        return
    for part in (part for each in addresses for part in (each.name, each.user or "user")):
        assert not part.startswith("-")
        assert not set(part) & set("'\"`$\\;&<>|(){} \t\n")


def test_the_vm_of_docker_toolbox_is_no_host_that_ssh_reaches() -> None:
    """Red when the name of a VM is taken for a port, or a host that is called toolbox for a VM."""
    assert parse_hosts("toolbox:my-vm")[0].vm == "my-vm"
    assert parse_hosts("toolbox:22") == (Address("toolbox:22", None, "toolbox", 22),)
    for text in ("toolbox:", "toolbox:-x", "toolbox:a b"):
        with pytest.raises(UsageError):
            parse_hosts(text)
