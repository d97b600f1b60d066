"""Our blocks in boot2docker's bootsync.sh: one for each share that its automount cannot mount as wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from shlex import quote

from provisioning.toolbox.shares import Wish

_BLOCK = re.compile(r"^# >>> gpudock (?P<name>\S+)\n(?:.*\n)*?# <<< gpudock (?P=name)\n", re.MULTILINE)


def block(wish: Wish) -> str:
    """Return the lines that mount a share at boot. Where that fails, no empty folder stays that looks like one."""
    point = quote(wish.mount_point)
    mount = f"mount -t vboxsf -o {quote(wish.mount_options)} {quote(wish.name)} {point}"
    return f"# >>> gpudock {wish.name}\nmkdir -p {point} && {mount} || rmdir {point}\n# <<< gpudock {wish.name}\n"


def names(text: str | None) -> list[str]:
    """Return the shares that have a block."""
    return [found["name"] for found in _BLOCK.finditer(text or "")]


def with_block(text: str | None, wish: Wish) -> str:
    """Return the script with this share's block as it shall be, and all else as it is.

    A new one stands before what the person wrote: that may `exit`.
    """
    if wish.name in names(text):
        return _BLOCK.sub(lambda found: block(wish) if found["name"] == wish.name else found[0], text or "")
    rest = text or "#!/bin/sh\n"
    first, end, more = rest.partition("\n")
    if not first.startswith("#!"):
        return block(wish) + rest
    return first + "\n" + block(wish) + (more if end else "")


def without_blocks(text: str | None, gone: Iterable[str]) -> str:
    """Return the script without the blocks of these shares."""
    listed = set(gone)
    return _BLOCK.sub(lambda found: "" if found["name"] in listed else found[0], text or "")
