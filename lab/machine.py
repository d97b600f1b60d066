"""Whether the lab can run on this machine, and the programs it needs there."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from lab.places import INSTALLED, STATE
from lab.shell import run, succeeds
from provisioning.errors import LabUnavailable

WAYS_ON = (
    "Two ways on: `vagrant up` makes a virtual machine with the same result, "
    "and `./gpudock provision USER@HOST` does the job on a host of your own."
)

# Debian's names of packages, each with something it brings along, to see whether it is there.
PROGRAMS: Mapping[str, str] = {
    "mmdebstrap": "mmdebstrap",
    "systemd-container": "systemd-nspawn",
    "iproute2": "ip",
    "iptables": "iptables",
    "openssh-client": "ssh-keygen",
    "gnupg": "gpg",
    "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
}

CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21}


def require_machine() -> None:
    """Raise LabUnavailable, with the reason and the ways on, where the lab cannot run."""
    reason = refusal(
        system=platform.system(),
        user_id=os.geteuid() if hasattr(os, "geteuid") else -1,
        capabilities=_effective_capabilities(),
        has_apt=shutil.which("apt-get") is not None,
        has_fuse=Path("/dev/fuse").exists(),
    )
    if reason:
        raise LabUnavailable(f"The lab cannot run here: {reason}.", WAYS_ON)


def refusal(*, system: str, user_id: int, capabilities: int, has_apt: bool, has_fuse: bool) -> str:
    """Say why not, or nothing; `capabilities` is the CapEff bit mask of /proc/self/status."""
    if system != "Linux":
        return f"its hosts are Linux containers with systemd, and this is {system}"
    if user_id != 0:
        return "it needs root, for a network bridge, mounts and systemd-nspawn (sudo ./gpudock demo)"
    missing = [name for name, bit in CAPABILITIES.items() if not capabilities >> bit & 1]
    if missing:
        return f"this container or session lacks {' and '.join(missing)}"
    if not has_apt:
        return "it builds Debian hosts with apt, and this system has no apt-get"
    if not has_fuse:
        return "/dev/fuse is missing"
    return ""


def install_programs(say: Callable[[str], None], programs: Mapping[str, str] = PROGRAMS) -> None:
    """Install what is missing of `programs` with apt, after saying so; what it installed is noted for purge."""
    missing = [package for package, witness in programs.items() if not _present(witness)]
    if not missing:
        return
    say(f"Installing on this machine, for the lab: {' '.join(missing)}.")
    install = ("apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", *missing)
    if not succeeds(*install, "--simulate"):
        run("apt-get", "update")
    run(*install, environment={"DEBIAN_FRONTEND": "noninteractive"})
    with INSTALLED.open("a") as record:
        record.writelines(f"{package}\n" for package in missing)


def installed_programs() -> list[str]:
    """Name the packages that the lab installed on this machine."""
    return INSTALLED.read_text().split() if INSTALLED.exists() else []


def make_state() -> None:
    """Make the lab's directory; its keys and hosts are nobody else's business."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)


def remove_state() -> None:
    """Remove the lab's directory, which may be a link to another disk, or one mounted there."""
    for part in STATE.iterdir() if STATE.exists() else ():
        shutil.rmtree(part) if part.is_dir() and not part.is_symlink() else part.unlink()
    if STATE.is_symlink():
        target = STATE.resolve()
        STATE.unlink()
        target.rmdir()
    elif STATE.exists() and not STATE.is_mount():
        STATE.rmdir()


def _present(witness: str) -> bool:
    return shutil.which(witness) is not None or Path(witness).is_file()


def _effective_capabilities() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(fields["CapEff"].strip(), 16)
