"""The commands of VBoxManage that change something, as argv."""

from __future__ import annotations

from provisioning.command import Command
from provisioning.toolbox.shares import Share, Wish

MODIFIES_SHARES = (7, 2)
"""The first version with `sharedfolder modify`; before, a share is removed and added."""

RECORD = "gpudock/share/"
"""Begins the keys of the machine's extra data under which wishes are remembered."""

_SYMLINKS = "VBoxInternal2/SharedFoldersEnableSymlinksCreate/"


def vboxmanage(*argv: str) -> Command:
    return Command(("VBoxManage", *argv))


def add_share(machine: str, share: Share) -> Command:
    """Without --transient it needs the machine's write lock, so one that is off and that no window holds."""
    flags = [
        *([] if share.writable else ["--readonly"]),
        *(["--automount"] if share.automount else []),
        *(["--transient"] if share.transient else []),
    ]
    return vboxmanage("sharedfolder", "add", machine, "--name", share.name, "--hostpath", share.host_path, *flags)


def remove_share(machine: str, share: Share) -> Command:
    flags = ["--transient"] if share.transient else []
    return vboxmanage("sharedfolder", "remove", machine, "--name", share.name, *flags)


def modify_share(machine: str, share: Share) -> Command:
    return vboxmanage(
        *("sharedfolder", "modify", machine, "--name", share.name),
        f"--readonly={str(not share.writable).lower()}",
        f"--automount={str(share.automount).lower()}",
    )


def symlink_policy(machine: str, share: Share) -> Command:
    """Let the VM make symbolic links that stay within the share."""
    policy = "subtree" if share.symlinks else "forbidden"
    return vboxmanage("sharedfolder", "modify", machine, "--name", share.name, f"--symlink-policy={policy}")


def symlink_extra_data(machine: str, share: Share) -> Command:
    """As VirtualBox before 7.2 has it: it counts from the machine's next start."""
    return vboxmanage("setextradata", machine, _SYMLINKS + share.name, "1" if share.symlinks else "")


def symlinks_allowed(extra_data: dict[str, str], name: str) -> bool:
    return extra_data.get(_SYMLINKS + name) == "1"


def remember(machine: str, name: str, text: str) -> Command:
    """Write to the extra data, which needs no lock and lives as long as the machine; '' removes it."""
    return vboxmanage("setextradata", machine, RECORD + name, text)


def recorded(extra_data: dict[str, str]) -> dict[str, str]:
    return {key[len(RECORD) :]: text for key, text in extra_data.items() if key.startswith(RECORD)}


def as_share(wish: Wish, *, transient: bool) -> Share:
    return Share(
        wish.name,
        wish.host_path,
        transient,
        wish.writable,
        automount=wish.by_automount and not transient,
        symlinks=wish.symlinks and not transient,
    )
