"""Read a backup's file: what it says of itself, and whether all of it is as it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from provisioning.containers.backup import layout
from provisioning.containers.backup.layout import Member
from provisioning.containers.backup.manifest import Manifest, Part, parse
from provisioning.errors import UsageError
from provisioning.operations.streaming import CHUNK

_HINT = "Nothing was done with it. Copy it again from where it was saved, or look for another: gpudock backup.list DIR"


@dataclass(frozen=True)
class Backup:
    path: Path
    manifest: Manifest
    members: tuple[Member, ...]

    def part(self, name: str) -> Iterator[bytes]:
        """Yield a part's content."""
        member = next(each for each in self.members if each.name == name)
        with self.path.open("rb", buffering=0) as file:
            yield from _content(file, member)


class _Damaged(ValueError):
    """What is wrong with a file, as the end of a sentence."""


def look(path: Path) -> Backup:
    """Return what a backup says of itself, its parts unread. Raises UsageError for what is none, or was cut off."""
    with _opened(path) as file:
        try:
            return _look(path, file)
        except _Damaged as wrong:
            raise UsageError(f"{path} is no backup of gpudock's, or was cut off or changed: {wrong}.", _HINT) from wrong


def verify(path: Path) -> Backup:
    """Return a backup after reading every byte of it. Raises UsageError where one is not as it was written."""
    backup = look(path)
    with _opened(path) as file:
        try:
            found = [(_sum(file, member), member.name) for member in backup.members[:-1]]
            _require(_text(file, backup.members[-1]) == layout.render_sums(found), "a part is not as it was saved")
            for member in backup.members:
                _require(not any(_read(file, member.offset + member.size, layout.padding(member.size))), "its padding")
        except _Damaged as wrong:
            raise UsageError(f"{path} is not what was saved: it was cut off or changed: {wrong}.", _HINT) from wrong
    return backup


def begins_like_one(path: Path) -> bool:
    """Tell a damaged backup from a file of another kind."""
    with _opened(path) as file:
        try:
            return layout.is_ours(layout.parse_header(_read(file, 0, layout.BLOCK))[0])
        except ValueError:
            return False


def _look(path: Path, file: BinaryIO) -> Backup:
    members = tuple(_members(file))
    _require([each.name for each in members[-2:]] == [layout.MANIFEST, layout.SUMS], "it ends too early")
    _require(_read(file, members[-1].end, 2 * len(layout.END)) == layout.END, "something is wrong with its end")
    try:
        sums = layout.parse_sums(_text(file, members[-1]))
    except ValueError as wrong:
        raise _Damaged(str(wrong)) from wrong
    _require([name for _, name in sums] == [each.name for each in members[:-1]], "its list of parts is another")
    _require(sums[-1][0] == _sum(file, members[-2]), "its manifest is not as it was saved")
    manifest = parse(_text(file, members[-2]), str(path))
    pairs = zip(sums[:-1], members[:-2], strict=True)
    parts = tuple(Part(member.name, member.size, sha256) for (sha256, _), member in pairs)
    _require(parts == manifest.parts, "its parts are others than its manifest says")
    return Backup(path, manifest, members)


def _members(file: BinaryIO) -> Iterator[Member]:
    at = 0
    while (block := _read(file, at, layout.BLOCK)) != bytes(layout.BLOCK):
        _require(len(block) == layout.BLOCK, "it ends too early")
        try:
            name, size = layout.parse_header(block)
        except ValueError as wrong:
            raise _Damaged(str(wrong)) from wrong
        member = Member(name, at + layout.BLOCK, size)
        yield member
        at = member.end


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Damaged(otherwise)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=0)
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}.") from problem


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _text(file: BinaryIO, member: Member) -> bytes:
    return b"".join(_content(file, member))


def _sum(file: BinaryIO, member: Member) -> str:
    found = hashlib.sha256()
    for chunk in _content(file, member):
        found.update(chunk)
    return found.hexdigest()


def _content(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """Yield a member's bytes; fewer where the file ends before."""
    file.seek(member.offset)
    left = member.size
    while left and (chunk := file.read(min(left, CHUNK))):
        left -= len(chunk)
        yield chunk
