"""One disposable host: an overlay on a base tree, booted by systemd-nspawn, known by its directory."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from dataclasses import asdict
from pathlib import Path

from lab import boot, processes, releases
from lab.access import make_key
from lab.gpu.profiles import has_driver, profile
from lab.gpu.stand_in import install_stand_in
from lab.model import Host
from lab.network import Network
from lab.places import HOSTS
from lab.shell import run
from provisioning.errors import UsageError

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")

ENDS_WITHIN = 5.0


def validate(name: str) -> None:
    """Raise UsageError for what cannot name a host (and a directory, and a machine)."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a lab host.",
            "Allowed: lower-case letters, digits and hyphens, first a letter, at most 31 in all.",
        )


def known() -> list[Host]:
    """Read all hosts that exist, running or not, in the order of their names."""
    return [_read(record)[0] for record in sorted(HOSTS.glob("*/host.json"))]


def names() -> list[str]:
    """Name every host that has a directory, be it half made."""
    return [place.name for place in HOSTS.iterdir()] if HOSTS.exists() else []


def public_keys() -> dict[str, str]:
    """Return the public host key of each host."""
    return {path.parent.name: path.read_text() for path in HOSTS.glob("*/ssh_host_key.pub")}


def is_up(name: str) -> bool:
    """Whether the host's system is running."""
    return processes.is_alive(HOSTS / name / "pid")


def create(host: Host, base: Path, network: Network) -> None:
    """Make the host's directories and what is its own: name, address, keys, and a GPU of its profile."""
    place = HOSTS / host.name
    if place.exists():
        remove(host.name)  # half made, by a command that was interrupted
    for part in ("upper", "work", "root", "docker", "containerd"):
        (place / part).mkdir(parents=True)
    boot.mount_root(place, base)
    root = place / "root"
    make_key(place / "ssh_host_key", f"root@{host.name}")
    for suffix in ("", ".pub"):
        shutil.copy(place / f"ssh_host_key{suffix}", root / f"etc/ssh/ssh_host_ed25519_key{suffix}")
    (root / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n")
    (root / "etc/hostname").write_text(f"{host.name}\n")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {host.name}\n::1 localhost\n")
    (root / "etc/systemd/network/10-lab.network").write_text(boot.network_file(host, network))
    boot.install_boot_unit(root)
    releases.install_identity(root, releases.named(host.release))
    gpu = profile(host.gpu)
    if gpu:
        install_stand_in(root, gpu, with_driver=has_driver(host.gpu))
    (place / "host.json").write_text(json.dumps({**asdict(host), "base": str(base)}))


def start(host: Host) -> None:
    """Boot the host, unless it runs; returns at once (`wait` tells when it is ready)."""
    place = HOSTS / host.name
    if is_up(host.name):
        return
    boot.clear_away(host.name)
    boot.mount_root(place, _read(place / "host.json")[1])
    boot.start(host, place)


def wait(host: Host) -> None:
    """Wait until the host lets people in."""
    boot.wait(host, HOSTS / host.name)


def remove(name: str) -> None:
    """Stop the host and remove everything of it, whatever state it is in."""
    place = HOSTS / name
    # Its disk goes too: an orderly shutdown would only make this machine write to its own for nothing. It is the
    # host's init that must die; killing systemd-nspawn leaves the host running.
    processes.stop_innermost(place / "pid", boot.AROUND_THE_HOST, patience=ENDS_WITHIN)
    boot.clear_away(name)
    if (place / "root").is_mount():
        run("umount", str(place / "root"))
    if place.exists():
        shutil.rmtree(place)


def _read(record: Path) -> tuple[Host, Path]:
    fields = json.loads(record.read_text())
    base = Path(fields.pop("base"))
    return Host(**fields), base
