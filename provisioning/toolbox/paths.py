"""What a person writes for a folder becomes the path that VirtualBox is given, or is refused with the reason."""

from __future__ import annotations

import ntpath
import posixpath
import re

from provisioning.errors import UsageError
from provisioning.toolbox.workstation import Workstation, without_prefix

LONGEST_PATH = 259
"""Characters of a Windows path without the prefix that lifts the limit (MAX_PATH, less the NUL)."""
LONGEST_NAME = 255

# learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])(\..*)?$", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>"|?*\x00-\x1f]')
_NO_TEXT = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are no UTF-8: VirtualBox and the VM are told names in UTF-8 alone."""
_UNIX_DRIVE = re.compile(r"/?/(?:cygdrive/|mnt/)?([A-Za-z])(/.*)?$")
_WINDOWS_PATH = re.compile(r"[A-Za-z]:|\\\\")


def host_path(text: str, here: Workstation) -> str:
    """Return the absolute path that `text` means on this machine. Raises UsageError, which says why it cannot be."""
    if not text.strip():
        raise UsageError("No folder is named.", "Name one, such as " + (r"D:\Works" if here.windows else "~/works"))
    if _NO_TEXT.search(text):
        raise UsageError(f"{text!r} is no text in UTF-8, and VirtualBox takes nothing else.", "Rename the folder.")
    return _windows_path(text, here) if here.windows else _posix_path(text, here)


def _posix_path(text: str, here: Workstation) -> str:
    if _WINDOWS_PATH.match(text):
        raise UsageError(f"{text!r} is a path of Windows, and this is not Windows.", "Name a folder of this machine.")
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise UsageError(f"{text!r} has a control character in it.", "Rename the folder.")
    if text == "~" or text.startswith("~/"):
        text = here.home + text[1:]
    path = posixpath.normpath(posixpath.join(here.folder, text))
    return "/" + path.lstrip("/")  # POSIX lets two leading slashes stand


def _windows_path(text: str, here: Workstation) -> str:
    plain = _without_special_prefix(text.strip())
    if re.match("[A-Za-z]:(?![\\\\/])", plain):
        raise UsageError(
            f"{text!r} is relative to wherever drive {plain[:2]} stands just now.",
            f"Write it whole: {plain[:2]}\\{plain[2:]}",
        )
    if re.match(r"~(?:\\|$)", plain):
        plain = here.home + plain[1:]
    path = ntpath.normpath(ntpath.join(here.folder, plain))
    drive, tail = ntpath.splitdrive(path)
    if drive.startswith("\\\\") and drive.count("\\") < 3:
        raise UsageError(f"{text!r} names a server without a share.", r"Write \\SERVER\SHARE\FOLDER.")
    parts = [_windows_name(part, text) for part in tail.split("\\") if part]
    whole = (drive.upper() if drive[1:] == ":" else drive) + "\\" + "\\".join(parts)
    if len(whole) > LONGEST_PATH:
        raise UsageError(
            f"The path has {len(whole)} characters; Windows takes {LONGEST_PATH}.", "Share a folder above it."
        )
    return whole


def _without_special_prefix(text: str) -> str:
    r"""Read `/d/Works` of Git Bash, Cygwin and WSL, and `\\?\D:\Works`; refuse devices."""
    unix = _UNIX_DRIVE.match(text)
    if unix:
        return f"{unix[1]}:{unix[2] or '/'}".replace("/", "\\")
    plain = without_prefix(text)
    if plain.startswith("\\\\.\\") or re.match(r"(?:Volume|GLOBALROOT)\b", plain):
        raise UsageError(f"{text!r} names a device, not a folder.", r"Write it with a drive letter: D:\Works")
    return plain


def _windows_name(part: str, text: str) -> str:
    """Return one folder's name as Windows keeps it: it drops dots and spaces at the end."""
    name = part.rstrip(". ")
    reason = ""
    if not name:
        reason = f"{part!r} is no name of a folder"
    elif ":" in name or _FORBIDDEN.search(name):
        reason = f"{name!r} has a character that no name on Windows may have"
    elif _RESERVED.match(name):
        reason = f"{name!r} is reserved for a device"
    elif len(name) > LONGEST_NAME:
        reason = f"a folder's name has {len(name)} characters, and {LONGEST_NAME} are the most"
    if reason:
        raise UsageError(f"{text!r} cannot be a folder: {reason}.", "Name another one.")
    return name
