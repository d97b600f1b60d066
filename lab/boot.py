"""Booting a host: its root file system, the systemd-nspawn call, and knowing when it is ready."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

from lab import processes
from lab.cgroups import remove_cgroups
from lab.model import Host
from lab.network import BRIDGE, Network, link_address
from lab.places import SSH_CONFIG
from lab.shell import CommandFailed, run
from provisioning.errors import LabUnavailable

GUEST = Path(__file__).with_name("guest")
READY_WITHIN = 60.0
POLL = 0.05
AROUND_THE_HOST = ("sh", "systemd-nspawn")
CGROUP_PARENT = "gpudock-lab"
RESOLVERS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


def network_file(host: Host, network: Network) -> str:
    """Render the host's static address (the file must sort before systemd's own for containers)."""
    return (
        f"[Match]\nName=host0\n\n[Link]\nMACAddress={link_address(host.address)}\n\n[Network]\n"
        f"Address={host.address}/{network.subnet.prefixlen}\nGateway={network.gateway}\n"
    )


def nspawn_argv(name: str, place: Path, *, under_systemd: bool) -> tuple[str, ...]:
    """Build the command that boots the host in `place`.

    `under_systemd`: whether this machine runs systemd, which then gives the host a scope; elsewhere the
    launcher puts it in a cgroup of its own. Docker's overlay2 needs real directories, not an overlay.
    """
    binds = (f"{place}/docker:/var/lib/docker", f"{place}/containerd:/var/lib/containerd", "/dev/fuse")
    return (
        "systemd-nspawn",
        f"--directory={place}/root",
        f"--machine={name}",
        "--boot",
        "--register=no",
        *(() if under_systemd else ("--keep-unit",)),
        "--resolv-conf=off",
        "--timezone=off",
        f"--network-bridge={BRIDGE}",
        "--capability=all",
        "--system-call-filter=@keyring bpf @mount",
        *(f"--bind={bind}" for bind in binds),
    )


def resolver_for_hosts(*texts: str) -> str:
    """Choose the first resolv.conf whose name server a host can reach too: not one on this machine's loopback."""
    for text in texts:
        servers = [line.split()[1] for line in text.splitlines() if line.startswith("nameserver ")]
        if servers and not any(server.startswith("127.") or server == "::1" for server in servers):
            return text
    return ""


def mount_root(place: Path, base: Path) -> None:
    """Mount the host's root, an overlay on the base tree, unless it is mounted."""
    if (place / "root").is_mount():
        return
    layers = f"lowerdir={base},upperdir={place}/upper,workdir={place}/work"
    try:
        run("mount", "-t", "overlay", "-o", layers, f"gpudock-lab-{place.name}", str(place / "root"))
    except CommandFailed as error:
        raise LabUnavailable(
            f"The lab cannot run here: its hosts need an overlay file system in {place.parent}.",
            f"Put that directory on ext4 or xfs. The system said: {error.message}",
        ) from error


def install_boot_unit(root: Path) -> None:
    """Put the unit into the host that makes it look like a machine of its own at every boot."""
    units = root / "etc/systemd/system"
    shutil.copy(GUEST / "boot", root / "usr/local/sbin/gpudock-lab-boot")
    shutil.copy(GUEST / "boot.service", units / "gpudock-lab-boot.service")
    wants = units / "sysinit.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "gpudock-lab-boot.service").symlink_to("../gpudock-lab-boot.service")


def start(host: Host, place: Path) -> None:
    """Start the host's system in the background, its console written to `place`/console.log."""
    resolver = resolver_for_hosts(*(path.read_text() for path in RESOLVERS if path.exists()))
    (place / "root/etc/resolv.conf").write_text(resolver)
    under_systemd = Path("/run/systemd/system").is_dir()
    processes.start(
        place / "pid",
        nspawn_argv(host.name, place, under_systemd=under_systemd),
        log=place / "console.log",
        cgroup="" if under_systemd else f"{CGROUP_PARENT}/{host.name}",
    )


def wait(host: Host, place: Path) -> None:
    """Wait until the host answers ssh and has finished booting.

    Raises CommandFailed, with the end of its console, when it does not get there.
    """
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(host.address):
        if time.monotonic() > deadline or not processes.is_alive(place / "pid"):
            console = (place / "console.log").read_text(errors="replace").splitlines()[-10:]
            raise CommandFailed(f"Lab host {host.name} did not boot:\n" + "\n".join(console))
        time.sleep(POLL)
    # "degraded" is an answer too: exit code 1. Before this point only root may log in.
    settle = ("timeout", "30", "systemctl", "is-system-running", "--wait")
    run("ssh", "-F", str(SSH_CONFIG), host.name, *settle, "||", "true")


def clear_away(name: str) -> None:
    """Remove what a host leaves on this machine outside its directory, and kill what still runs of it."""
    remove_cgroups(f"{CGROUP_PARENT}/{name}")
    propagated = Path("/run/systemd/nspawn/propagate", name)
    if propagated.exists():
        propagated.rmdir()


def clear_away_all() -> None:
    """Remove what hosts have in common outside the lab's directory."""
    remove_cgroups(CGROUP_PARENT)


def _answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=0.2) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
