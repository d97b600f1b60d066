"""How a host is booted: the command, the network file, the resolver."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab.boot import network_file, nspawn_argv, resolver_for_hosts
from lab.host import validate
from lab.model import Host
from lab.network import Network
from provisioning.errors import UsageError


def test_network_file_is_static() -> None:
    host = Host("h1", "10.213.47.10", "trixie", "none")
    assert network_file(host, Network(IPv4Network("10.213.47.0/24"), "0")) == (
        "[Match]\nName=host0\n\n[Link]\nMACAddress=02:67:0a:d5:2f:0a\n\n[Network]\nAddress=10.213.47.10/24\nGateway=10.213.47.1\n"
    )


@pytest.mark.parametrize(("under_systemd", "kept"), [(True, False), (False, True)])
def test_systemd_gives_the_host_its_scope_where_it_runs(under_systemd: bool, kept: bool) -> None:
    argv = nspawn_argv("h1", Path("/state/h1"), under_systemd=under_systemd)
    assert ("--keep-unit" in argv) is kept
    assert "--bind=/state/h1/docker:/var/lib/docker" in argv


LOOPBACK = "nameserver 127.0.0.53\noptions edns0\n"
UPSTREAM = "# from DHCP\nnameserver 192.0.2.53\nsearch example.test\n"


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        ((UPSTREAM,), UPSTREAM),
        ((LOOPBACK, UPSTREAM), UPSTREAM),
        ((UPSTREAM, LOOPBACK), UPSTREAM),
        ((LOOPBACK,), ""),
        (("nameserver ::1\n",), ""),
        (("search example.test\n",), ""),
        ((), ""),
    ],
)
def test_hosts_get_a_resolver_that_they_can_reach(texts: tuple[str, ...], chosen: str) -> None:
    assert resolver_for_hosts(*texts) == chosen


@pytest.mark.parametrize("name", ["h1", "gpu-node-01", "a" * 31])
def test_good_names(name: str) -> None:
    validate(name)


@pytest.mark.parametrize("name", ["", "1h", "-h", "H1", "h_1", "h.1", "h1\n", "../h1", "a" * 32])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        validate(name)
