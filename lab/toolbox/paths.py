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
    """Return this machine's folder that stands for a host path, None where there is none.

    `drives` is empty on a POSIX host. Windows finds names in any case.
    """
    if not drives:
        place = Path(path)
        return place if place.is_dir() else None
    plain = path.replace("/", "\\")
    if plain.startswith("\\\\?\\"):
        plain = plain[4:].replace("UNC\\", "\\\\", 1) if plain[4:8].upper() == "UNC\\" else plain[4:]
    if plain.startswith("\\\\"):
        return _found(Path(drives), ["UNC", *plain.split("\\")])
    return _found(Path(drives), plain.replace(":", "", 1).split("\\"))


def _found(place: Path, names: list[str]) -> Path | None:
    for name in filter(None, names):
        if not place.is_dir():
            return None
        matches = [each for each in sorted(place.iterdir()) if each.name.casefold() == name.casefold()]
        if not matches:
            return None
        place = matches[0]
    return place if place.is_dir() else None
