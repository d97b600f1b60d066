"""Host keys are verified on every hop, by the rules and files of OpenSSH."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from lab import Host
from provisioning.errors import AccessDenied, GpudockError, Unreachable
from provisioning.runners.model import Elevation
from tests.lab.conftest import RaiseHost
from tests.lab.reaching import WHO, access, block, configuration, host_key, on, said

LOGIN = Elevation.LOGIN_USER


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    """Return a host with keys of two types, as installed ones have."""
    host = lab_host(name="keys")
    on(host, "ssh-keygen -q -t rsa -N '' -f /etc/ssh/ssh_host_rsa_key; systemctl restart ssh")
    return host


@pytest.fixture(scope="module")
def gate(lab_host: RaiseHost) -> Host:
    return lab_host(name="gate")


def refused(name: str, config: Path, *, accept_new: bool = False) -> GpudockError:
    with pytest.raises(GpudockError) as refusal:
        said(name, "true", LOGIN, access(config=config, accept_new=accept_new))
    return refusal.value


def know(directory: Path, *lines: str) -> None:
    (directory / "known_hosts").write_text("".join(f"{line}\n" for line in lines))


def test_unknown_is_refused_with_the_fingerprint_that_openssh_prints(host: Host, tmp_path: Path) -> None:
    """Red when `missing_host_key` returns for UNKNOWN, as Fabric's own policy does."""
    config = configuration(tmp_path, block("mine", host))
    refusal = refused("mine", config)
    printed = on(host, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub").decode().split()[1]
    assert isinstance(refusal, AccessDenied)
    assert printed in refusal.message
    assert f"ssh-keyscan -p 22 {host.address} >> {tmp_path / 'known_hosts'}" in refusal.hint
    assert not (tmp_path / "known_hosts").exists()


def test_the_way_on_by_ssh_keyscan_works(host: Host, tmp_path: Path) -> None:
    """Red when the hint names another host, port or file than the one that is looked up."""
    config = configuration(tmp_path, block("mine", host))
    line = refused("mine", config).hint.rpartition("or: ")[2]
    subprocess.run(("sh", "-c", line), check=True, capture_output=True)
    assert said("mine", WHO, LOGIN, access(config=config)) == b"|root"


def test_accept_new_writes_the_key_once_as_openssh_reads_it(host: Host, tmp_path: Path) -> None:
    """Red when `_remember` writes nothing, or writes again for a key that it knows by now."""
    config = configuration(tmp_path, block("mine", host))
    for _ in range(2):
        assert said("mine", WHO, LOGIN, access(config=config, accept_new=True)) == b"|root"
    assert (tmp_path / "known_hosts").read_text() == f"{host.address} {host_key(host)}\n"
    ssh = ("ssh", "-F", str(config), "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "mine", "true")
    subprocess.run(ssh, check=True, capture_output=True)


@pytest.mark.parametrize("accept_new", [False, True])
def test_changed_is_refused_loudly_whatever_was_asked_for(
    host: Host, gate: Host, tmp_path: Path, accept_new: bool
) -> None:
    """Red when `missing_host_key` lets accept_new decide before the verdict does."""
    know(tmp_path, "# mine", f"{host.address} {host_key(gate)}")
    refusal = refused("mine", configuration(tmp_path, block("mine", host)), accept_new=accept_new)
    assert isinstance(refusal, AccessDenied)
    assert "THE HOST'S KEY HAS CHANGED" in refusal.message
    assert f"{tmp_path / 'known_hosts'}:2" in refusal.message
    assert host_key(host) not in (tmp_path / "known_hosts").read_text()


def test_the_type_of_key_that_is_known_is_the_one_asked_for(host: Host, tmp_path: Path) -> None:
    """Red when `transport` leaves paramiko its own order: it takes the ed25519 key, which is not in the file."""
    know(tmp_path, f"{host.address} {host_key(host, 'rsa')}")
    config = configuration(tmp_path, block("mine", host))
    assert said("mine", WHO, LOGIN, access(config=config)) == b"|root"


def test_revoked_is_refused(host: Host, tmp_path: Path) -> None:
    """Red when `judge` passes over markers."""
    know(tmp_path, f"{host.address} {host_key(host)}", f"@revoked * {host_key(host)}")
    assert "known_hosts:2 marks as revoked" in refused("mine", configuration(tmp_path, block("mine", host))).message


def test_hashed_names_aliases_and_included_files(host: Host, tmp_path: Path) -> None:
    """Red when configurations are read by paramiko, which passes over Include, or names are compared as text."""
    know(tmp_path, f"pool {host_key(host)}")
    subprocess.run(("ssh-keygen", "-q", "-H", "-f", str(tmp_path / "known_hosts")), check=True, capture_output=True)
    included = tmp_path / "included"
    included.write_text(block("mine", host, "HostKeyAlias pool"))
    config = configuration(tmp_path, f"Include {included}")
    assert "pool" not in (tmp_path / "known_hosts").read_text()
    assert said("mine", WHO, LOGIN, access(config=config)) == b"|root"
    assert said("admin@mine", WHO, LOGIN, access(config=config)) == b"|admin"


def test_an_ipv6_address_with_a_port(host: Host, tmp_path: Path) -> None:
    """Red when HOST is given to Fabric as one string, which reads `[::1]:2222` as a name."""
    config = configuration(tmp_path)
    with relay(host) as port:
        assert said(f"root@[::1]:{port}", WHO, LOGIN, access(config=config, accept_new=True)) == b"|root"
        assert (tmp_path / "known_hosts").read_text() == f"[::1]:{port} {host_key(host)}\n"
        assert said(f"admin@[::1]:{port}", WHO, LOGIN, access(config=config)) == b"|admin"


def test_a_proxy_command(host: Host, tmp_path: Path) -> None:
    """Red when `_through_command` splits the words itself, or gives the command /dev/null as input."""
    command = f"ssh -F {tmp_path / 'direct'} -o 'ServerAliveInterval 5' -W %h:%p direct # to %r"
    (tmp_path / "direct").write_text(configuration(tmp_path, block("direct", host)).read_text())
    config = configuration(tmp_path, block("mine", host, f"ProxyCommand {command}"))
    know(tmp_path, f"{host.address} {host_key(host)}")
    assert said("mine", WHO, LOGIN, access(config=config)) == b"|root"


def test_a_proxy_command_that_ends_is_no_endless_wait(host: Host, tmp_path: Path) -> None:
    """Red with paramiko's own ProxyCommand, which spins at the end of its input."""
    config = configuration(tmp_path, block("mine", host, "ProxyCommand true"))
    assert isinstance(refused("mine", config), Unreachable)


@pytest.fixture
def behind(host: Host, gate: Host, tmp_path: Path) -> Path:
    """Return a configuration in which `far` is reached through `gate`; nothing is known yet."""
    return configuration(tmp_path, block("far", host, "ProxyJump gate"), block("gate", gate))


def test_through_a_gateway(host: Host, gate: Host, behind: Path, tmp_path: Path) -> None:
    """Red when `find_route` drops the jumps: the host then sees this machine's address."""
    know(tmp_path, f"{gate.address} {host_key(gate)}", f"{host.address} {host_key(host)}")
    seen = said("far", "echo $SSH_CONNECTION", LOGIN, access(config=behind)).split()[0]
    assert seen.decode() == gate.address


def test_an_unknown_gateway_is_refused_by_its_name(host: Host, gate: Host, behind: Path, tmp_path: Path) -> None:
    """Red when the policy is set on the last connection alone, as with Fabric's own gateways."""
    know(tmp_path, f"{host.address} {host_key(host)}")
    refusal = refused("far", behind)
    assert refusal.message.startswith(f"gate ({gate.address}): the host's key is not known")
    assert host_key(gate) not in (tmp_path / "known_hosts").read_text()


def test_an_unknown_host_behind_a_known_gateway_is_refused(
    host: Host, gate: Host, behind: Path, tmp_path: Path
) -> None:
    """Red when only the first hop is verified."""
    know(tmp_path, f"{gate.address} {host_key(gate)}")
    assert refused("far", behind).message.startswith(f"far ({host.address}): the host's key is not known")


def test_accept_new_holds_for_every_hop(host: Host, gate: Host, behind: Path, tmp_path: Path) -> None:
    """Red when a gateway is asked for without `accept_new_host_keys`."""
    assert said("far", WHO, LOGIN, access(config=behind, accept_new=True)) == b"|root"
    expected = [f"{gate.address} {host_key(gate)}", f"{host.address} {host_key(host)}"]
    assert (tmp_path / "known_hosts").read_text().splitlines() == expected


def test_a_gateway_that_cannot_reach_the_host(gate: Host, tmp_path: Path) -> None:
    """Red when `explain` is not told the gateway."""
    know(tmp_path, f"{gate.address} {host_key(gate)}")
    config = configuration(tmp_path, "Host far\n  HostName 127.0.0.1\n  Port 1\n  ProxyJump gate", block("gate", gate))
    refusal = refused("far", config)
    assert isinstance(refusal, Unreachable)
    assert f"the gateway gate ({gate.address}) cannot reach it (Connect" in refusal.message


def test_a_gateway_that_forwards_nothing(host: Host, gate: Host, behind: Path) -> None:
    """Red when ChannelException is told like any other."""
    on(gate, "echo 'AllowTcpForwarding no' >>/etc/ssh/sshd_config; systemctl restart ssh")
    assert "does not forward connections" in refused("far", behind, accept_new=True).message


@contextmanager
def relay(host: Host) -> Iterator[int]:
    """Listen on a port of ::1 and pass every connection on to a host's SSH server."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        Thread(target=_accept, args=(server, host.address), daemon=True).start()
        yield server.getsockname()[1]


def _accept(server: socket.socket, address: str) -> None:
    while True:
        try:
            near, _ = server.accept()
        except OSError:  # closed: the test is over
            return
        Thread(target=_relay, args=(near, address), daemon=True).start()


def _relay(near: socket.socket, address: str) -> None:
    with near, socket.create_connection((address, 22)) as far:
        back = Thread(target=_pass_on, args=(far, near), daemon=True)
        back.start()
        _pass_on(near, far)
        back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # the other direction hung up first
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
