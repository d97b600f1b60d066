"""A shared folder as VirtualBox has it, one as a person wants it, and how the two are told alike."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from provisioning.errors import UsageError
from provisioning.toolbox.workstation import Workstation

UID, GID = 1000, 50
"""User docker and group staff of boot2docker, which its automount gives everything to."""

LONGEST_SHARE_NAME = 255
"""Bytes: the guest's MAX_HOST_NAME is 256 with the NUL. VBoxManage itself takes longer ones without a word."""

_UNFIT = r"[\\:*?\"'<>|$`,]"
"""What shells or file systems read in their own way."""

_SYSTEM = re.compile(r"/(?:bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys|usr|var/lib)(?:/.*)?$|/(?:home|root|tmp|var)?$")


@dataclass(frozen=True)
class Share:
    name: str
    host_path: str
    transient: bool = False
    """Gone with the next power-off."""
    writable: bool = True
    automount: bool = False
    symlinks: bool = False


@dataclass(frozen=True)
class Wish:
    """What a person wants, as they said it, and as it is remembered in the machine's extra data."""

    name: str
    host_path: str
    mount_point: str
    writable: bool = True
    lasting: bool = True
    """Permanent in VirtualBox, and mounted again after a reboot."""
    uid: int = UID
    gid: int = GID
    dmode: str = ""
    fmode: str = ""
    symlinks: bool = False
    present: bool = True
    """False: it is to go."""
    due: bool = False
    """Something of it is still to be done: `toolbox.*` does it when it can."""

    @property
    def by_automount(self) -> bool:
        """Tell whether boot2docker mounts it just so by itself: at `/` and the name, for user docker.

        Its start script cuts the name at the first space.
        """
        usual = (self.uid, self.gid, self.dmode, self.fmode) == (UID, GID, "", "")
        return usual and self.mount_point == f"/{self.name}"

    @property
    def mount_options(self) -> str:
        modes = [f"{key}={mode}" for key, mode in (("dmode", self.dmode), ("fmode", self.fmode)) if mode]
        read_only = [] if self.writable else ["ro"]
        return ",".join([f"uid={self.uid}", f"gid={self.gid}", *modes, "iocharset=utf8", *read_only])


def to_text(wish: Wish) -> str:
    return json.dumps(asdict(wish), separators=(",", ":"))


def from_text(text: str) -> Wish | None:
    """Return what `to_text` wrote; None for anything else, which somebody else may have put there."""
    try:
        return Wish(**json.loads(text))
    except (ValueError, TypeError):
        return None


def natural_name(host_path: str, here: Workstation) -> str:
    r"""Return the share name that makes boot2docker mount a folder where people expect it: `d/Works` for `D:\Works`.

    Spaces, and what else cannot be in a name, become `_`.
    """
    return re.sub(rf"\s+|{_UNFIT}", "_", natural_mount_point(host_path, here).strip("/"))


def natural_mount_point(host_path: str, here: Workstation) -> str:
    if not here.windows:
        return host_path
    return "/" + re.sub(r"^([A-Za-z]):", lambda drive: drive[1].lower(), host_path).replace("\\", "/").strip("/")


def checked_name(name: str) -> str:
    """Return a share name that VBoxManage, mount and boot2docker all read alike. Raises UsageError."""
    reason = ""
    if not name:
        reason = "it is empty"
    elif re.search(r"[\s\x00-\x1f\x7f]", name):
        reason = "VirtualBox takes no space in it"
    elif _no_text(name):
        reason = "it is no text in UTF-8"
    elif re.search(_UNFIT, name):
        reason = "it has a character that shells or file systems read in their own way"
    elif name.startswith(("-", "/")) or name.endswith("/") or "//" in name:
        reason = "it must begin with neither - nor /, and have no empty part"
    elif {".", ".."} & set(name.split("/")):
        reason = "boot2docker mounts it at / and the name, which leads elsewhere"
    elif len(name.encode()) > LONGEST_SHARE_NAME:
        reason = f"it has {len(name.encode())} bytes, and the VM takes {LONGEST_SHARE_NAME}"
    if reason:
        raise UsageError(f"A share cannot be called {name!r}: {reason}.", "Give another one: --name works")
    return name


def checked_mount_point(path: str) -> str:
    """Return where a share may be mounted in the VM. Raises UsageError."""
    plain = posixpath.normpath("/" + path.lstrip("/"))
    if not path.startswith("/") or re.search(r"[\x00-\x1f\x7f:]", path) or _no_text(path):
        msys = "Git Bash makes Windows paths of words that begin with one slash: --mount //works"
        hint = msys if re.match("[A-Za-z]:", path) else "Name another one: --mount /works"
        reason = "docker -v splits it at the colon" if ":" in path else "write it whole, in one line, as UTF-8"
        raise UsageError(f"{path!r} cannot be a folder of the VM: {reason}.", hint)
    if _SYSTEM.match(plain):
        raise UsageError(
            f"A share at {plain} would hide files that the VM itself needs.", "Name another folder: --mount /works"
        )
    return plain


def _no_text(word: str) -> bool:
    """Tell whether it has bytes that are no UTF-8, as Python keeps them."""
    return bool(re.search("[\ud800-\udfff]", word))


def named_alike(name: str, shares: Iterable[Share]) -> list[Share]:
    """Return the shares whose names differ from `name` in nothing but case."""
    return [share for share in shares if share.name.casefold() == name.casefold()]
