"""The VM's table of mounts, and what its `mount` means by its errors."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMELESS = "none"


@dataclass(frozen=True)
class Mount:
    device: str
    point: str
    kind: str
    options: str = ""

    def is_share(self, name: str) -> bool:
        """Tell whether it may be that share: mount.vboxsf of VirtualBox 5 writes `none` for whichever it is."""
        return self.kind == "vboxsf" and self.device in {name, NAMELESS}

    @property
    def writable(self) -> bool:
        return "ro" not in self.options.split(",")

    def has(self, options: str) -> bool:
        """Tell whether it has the owner and modes of `options`; what the table does not tell counts as had."""
        told = dict(option.partition("=")[::2] for option in self.options.split(","))
        asked = dict(option.partition("=")[::2] for option in options.split(","))
        return all(_number(told.get(key, asked[key])) == _number(asked[key]) for key in _COMPARED & asked.keys())


_COMPARED = frozenset({"uid", "gid", "dmode", "fmode"})


def _number(text: str) -> str:
    return text.lstrip("0") or "0"


def read_mounts(text: str) -> tuple[Mount, ...]:
    """Read /proc/mounts, in which blanks are written as octal numbers."""
    rows = [line.split(" ") for line in text.splitlines()]
    return tuple(Mount(*map(_plain, row[:4])) for row in rows if len(row) >= 4)


def _plain(word: str) -> str:
    data = re.sub(
        rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8) & 255]), word.encode(errors="surrogateescape")
    )
    return data.decode(errors="surrogateescape")


# boot2docker#611; VirtualBox's mount.vboxsf.c; util-linux.
_MEANINGS = (
    ("Protocol error", "the VM does not see a share of that name", "./gpudock toolbox.shares shows what it has."),
    ("was not found", "the VM does not see a share of that name", "./gpudock toolbox.shares shows what it has."),
    ("No such device", "the VM has no Guest Additions", "Use boot2docker, or install them in the VM."),
    ("unknown filesystem type", "the VM has no Guest Additions", "Use boot2docker, or install them in the VM."),
    ("No space left", "the disk of the VM is full", "Make room in it: docker system prune"),
    ("was changed meanwhile", "somebody else is at work there", "Run this again."),
    ("busy", "something in the VM uses the folder", "Stop the containers that have it, and run this again."),
)


def meaning(said: str) -> tuple[str, str]:
    """Return what an error of the VM means, and what to do; two empty texts where it is not known."""
    return next(((cause, hint) for part, cause, hint in _MEANINGS if part in said), ("", ""))
