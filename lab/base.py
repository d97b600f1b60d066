"""The base tree: a small Debian with systemd, sshd and the lab's users, from which hosts are made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from lab.built import built, recipe
from lab.debian import KEYRING, Mirror, machine_route_settings, sources_text
from lab.places import BASES
from lab.shell import run

# As a cloud image has them. Left out on purpose: iptables, which Docker depends on, and Python.
INCLUDED = (
    "systemd", "systemd-sysv", "dbus", "libpam-systemd", "openssh-server", "sudo",
    "ca-certificates", "curl", "gnupg", "iproute2", "procps", "kmod",
)  # fmt: skip

OPERATOR_PASSWORD = "lab-password"  # noqa: S105 - a fixture, known to everybody
USERS = ("admin", "operator", "guest")
SUDOERS = "admin ALL=(ALL:ALL) NOPASSWD: ALL\noperator ALL=(ALL:ALL) ALL\n"
OWN_AUTHORITIES = Path("/usr/local/share/ca-certificates")


def base_tree(release: str, mirror: Mirror, public_key: str, say: Callable[[str], None]) -> Path:
    """Return the tree for a Debian release, building it when it is missing."""
    settings = machine_route_settings()

    def build(tree: Path) -> None:
        _bootstrap(tree, release, mirror, settings)
        _configure(tree, release, mirror)
        _add_users(tree, public_key)

    name = recipe(["base.py"], release, mirror, settings, public_key)
    sentence = f"Building the base tree of {release} hosts (about 20 seconds, once)."
    return built(BASES / f"{release}-{name}", build, sentence, say)


def _bootstrap(tree: Path, release: str, mirror: Mirror, settings: tuple[str, ...]) -> None:
    options = [f"--aptopt={line.rstrip(';')}" for line in settings]
    include = f"--include={','.join(INCLUDED)}"
    source = f"deb [signed-by={KEYRING}] {mirror.archive} {release} main"
    run("mmdebstrap", "--quiet", "--variant=minbase", include, *options, release, str(tree), source)


def _configure(tree: Path, release: str, mirror: Mirror) -> None:
    (tree / "etc/apt/sources.list").unlink(missing_ok=True)
    signed_by = next((tree / "usr/share/keyrings").glob("debian-archive-keyring.*"))
    sources = sources_text(mirror, release, signed_by=f"/{signed_by.relative_to(tree)}")
    (tree / "etc/apt/sources.list.d/debian.sources").write_text(sources)
    # A lab host may lose its disk at a crash, and fsync waits for everything else that this machine writes.
    (tree / "etc/dpkg/dpkg.cfg.d/lab").write_text("force-unsafe-io\n")
    for lists in (tree / "var/lib/apt/lists").iterdir():
        shutil.rmtree(lists) if lists.is_dir() else lists.unlink()
    for host_key in (tree / "etc/ssh").glob("ssh_host_*"):
        host_key.unlink()
    # Often a dangling link: what is written through it would land elsewhere.
    (tree / "etc/resolv.conf").unlink(missing_ok=True)
    if OWN_AUTHORITIES.is_dir() and any(OWN_AUTHORITIES.iterdir()):
        shutil.copytree(OWN_AUTHORITIES, tree / OWN_AUTHORITIES.relative_to("/"), dirs_exist_ok=True)
        run("chroot", str(tree), "update-ca-certificates")
    run("chroot", str(tree), "systemctl", "--quiet", "enable", "systemd-networkd", "ssh")


def _add_users(tree: Path, public_key: str) -> None:
    groups = (tree / "etc/group").read_text()
    for user in USERS:
        # Debian has a system group `operator` already.
        group = ("--gid", user) if f"\n{user}:" in groups else ()
        run("chroot", str(tree), "useradd", "--create-home", "--shell", "/bin/bash", *group, user)
    run("chroot", str(tree), "chpasswd", stdin=f"operator:{OPERATOR_PASSWORD}\n")
    sudoers = tree / "etc/sudoers.d/lab-users"
    sudoers.write_text(SUDOERS)
    sudoers.chmod(0o440)
    for user, home in (("root", "root"), *((user, f"home/{user}") for user in USERS)):
        keys = tree / home / ".ssh/authorized_keys"
        keys.parent.mkdir(mode=0o700, exist_ok=True)
        keys.write_text(public_key)
        run("chroot", str(tree), "chown", "-R", f"{user}:{user}", f"/{home}/.ssh")
