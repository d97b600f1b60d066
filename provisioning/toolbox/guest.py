"""What is asked and told in the VM: one script for each trip, and the reading of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from shlex import quote

from provisioning.command import Command
from provisioning.toolbox.mounts import Mount, read_mounts

BOOTSYNC = "/var/lib/boot2docker/bootsync.sh"
"""Run before Docker starts, and waited for. bootlocal.sh is not: containers would start before its mounts."""

# Quoted for the shell there: docker-machine joins several words with blanks and has them read again.
_AS_ROOT = 's=; [ "$(id -u)" = 0 ] || s=sudo; '


@dataclass(frozen=True)
class Guest:
    """The VM from inside, while it runs."""

    mounts: tuple[Mount, ...]
    bootsync: str | None = None
    """None where there is no such script."""
    boot2docker: bool = True
    vboxsf: bool = True
    """Its kernel knows the file system of VirtualBox's Guest Additions."""

    def mount_at(self, point: str) -> Mount | None:
        """Return what is seen at `point`: the last mount there hides the others."""
        return next((mount for mount in reversed(self.mounts) if mount.point == point), None)

    def points_of(self, name: str, expected: str = "") -> list[str]:
        """Return where a share is mounted. `expected`: where one without a name is taken for it too."""
        own = {f"/{name}", expected}
        return [m.point for m in self.mounts if m.is_share(name) and (m.device == name or m.point in own)]


def ssh(machine: str, script: str) -> Command:
    return Command(("docker-machine", "ssh", machine, script))


def question(nonce: str) -> str:
    """Return the script that tells all there is to know. Frames of its own: a login may print more."""
    mark = f"@@{nonce}"
    return (
        f"echo '{mark} mounts'; cat /proc/mounts; "
        f"echo '{mark} kernel'; cat /proc/filesystems; [ -x /sbin/mount.vboxsf ] && echo vboxsf; "
        f"[ -d /var/lib/boot2docker ] && echo '{mark} boot2docker'; "
        f"[ -e {BOOTSYNC} ] && echo '{mark} bootsync' && cat {BOOTSYNC} && echo; "
        f"echo '{mark} end'"
    )


def answer(text: str, nonce: str) -> Guest | None:
    """Return what the VM said; None where its answer was cut off."""
    pieces = re.split(rf"^@@{re.escape(nonce)} (\w+)\n?", text, flags=re.MULTILINE)
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    if "end" not in parts:
        return None
    return Guest(
        mounts=read_mounts(parts.get("mounts", "")),
        bootsync=parts["bootsync"][:-1] if "bootsync" in parts else None,
        boot2docker="boot2docker" in parts,
        vboxsf="vboxsf" in parts.get("kernel", ""),
    )


def mount(name: str, point: str, options: str) -> str:
    """Mount a share. Where that fails, no empty folder stays that looks like one."""
    there = quote(point)
    mounting = f"$s mkdir -p {there} && $s mount -t vboxsf -o {quote(options)} {quote(name)} {there}"
    return f"{_AS_ROOT}{mounting} || {{ $s rmdir {there} 2>/dev/null; exit 1; }}"


def unmount(point: str) -> str:
    """The folder goes too: left behind, it would look like an empty share."""
    return f"{_AS_ROOT}$s umount {quote(point)} && {{ $s rmdir {quote(point)} 2>/dev/null || :; }}"


def remove_folder(point: str) -> str:
    """Remove what an interrupted `mount` may have left; what is in use stays."""
    return f"{_AS_ROOT}$s rmdir {quote(point)} 2>/dev/null || :"


CHANGED_MEANWHILE = "was changed meanwhile"

# `$0` is what the script was when it was read: two programs at once would lose one another's lines.
_IF_AS_READ = (
    f'[ "$(cat {BOOTSYNC} 2>/dev/null | tr -d "\\r")" = "$0" ] '
    f"|| {{ echo {BOOTSYNC} {CHANGED_MEANWHILE} >&2; exit 1; }}; "
)
_REPLACE = (
    f'new={BOOTSYNC}.gpudock.$$; trap "exit 1" 1 2 15; trap "rm -f $new" 0; '
    f"cat >$new && chmod 755 $new || exit 1; {_IF_AS_READ}mv $new {BOOTSYNC} && sync"
)


def write_bootsync(text: str, before: str | None) -> str:
    """Replace the script whole or not at all, on the disk before this returns: a quick restart lost it before.

    Where it is no longer as it was read (`before`), it stays as somebody else made it.
    """
    return f"{_AS_ROOT}printf %s {quote(text)} | $s sh -c {quote(_REPLACE)} {_as_read(before)}"


def remove_bootsync(before: str | None) -> str:
    return f"{_AS_ROOT}$s sh -c {quote(f'{_IF_AS_READ}rm -f {BOOTSYNC} && sync')} {_as_read(before)}"


def _as_read(text: str | None) -> str:
    """Return it as the shell's `$(cat …)` has it."""
    return quote((text or "").replace("\r", "").rstrip("\n"))
