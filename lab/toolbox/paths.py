"""Paths of the host that the stand-in runs on: this machine's own, or those of Windows, whose drives are folders."""

from __future__ import annotations

import ntpath
import os
from pathlib import Path


def absolute(path: str, *, windows: bool) -> str:
    """Return the path as VirtualBox keeps it: absolute, without a separator at its end."""
    if not windows:
        return os.path.abspath(path)  # noqa: PTH100 - `..` goes by the text, as VirtualBox has it
    drive, rest = ntpath.splitdrive(path.replace("/", "\\"))
    if not drive:
        drive, rest = "C:", "\\" + rest.lstrip("\\")
    return drive + (rest.rstrip("\\") or "\\")


def folder(path: str, drives: str) -> Path | None:
    """Return this machine's folder that stands for a host path, None where there is none."""
    place = found(path, drives)
    return place if place and place.is_dir() else None


def refusal(path: str, drives: str) -> str:
    """Return why VirtualBox does not share the path, '' where it does."""
    place = found(path, drives)
    if place is not None:
        return "" if place.is_dir() else f"Shared folder path '{path}' is not a directory"
    # A POSIX host tells a missing name from a name below what is no folder.
    below_file = not drives and any(each.is_file() for each in Path(path).parents)
    reason = "VERR_PATH_NOT_FOUND" if below_file else "VERR_FILE_NOT_FOUND"
    return f"RTPathQueryInfo failed on shared folder path '{path}': {reason}"


def found(path: str, drives: str) -> Path | None:
    """Return what of this machine stands for a host path, None where there is nothing.

    `drives` is empty on a POSIX host. Windows finds names in any case.
    """
    if not drives:
        place = Path(path)
        return place if place.exists() else None
    plain = path.replace("/", "\\")
    if plain.startswith("\\\\?\\"):
        plain = f"\\\\{plain[8:]}" if plain[4:8].upper() == "UNC\\" else plain[4:]
    if plain.startswith("\\\\"):
        return _walked(Path(drives), ["UNC", *plain.split("\\")])
    return _walked(Path(drives), plain.replace(":", "", 1).split("\\"))


def _walked(place: Path, names: list[str]) -> Path | None:
    for name in filter(None, names):
        inside = sorted(place.iterdir()) if place.is_dir() else []
        matches = [each for each in inside if each.name.casefold() == name.casefold()]
        if not matches:
            return None
        place = matches[0]
    return place
