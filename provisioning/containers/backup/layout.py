"""How a backup lies in its file: a plain tar, whose every byte is known from its list of checksums.

    image.tar.zst      what `docker save` wrote
    data-1.tar.zst     a volume or folder, one part for each
    manifest.json      what this is, and how the container was made
    SHA256SUMS         of all of the above; `sha256sum -c SHA256SUMS` reads it too

Nothing else is in it, and headers and padding are exactly what is written here. So one changed byte shows wherever it
is: in a part by its checksum, elsewhere by comparison.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass

BLOCK = 512
END = bytes(2 * BLOCK)
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_PART = re.compile(r"(image|data-\d+)\.tar(\.[a-z]+)?")
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n/]+)")


@dataclass(frozen=True)
class Member:
    name: str
    offset: int
    """Of its content; its header is the block before."""
    size: int

    @property
    def end(self) -> int:
        """Where the next member's header begins."""
        return self.offset + self.size + padding(self.size)


def header(name: str, size: int) -> bytes:
    """Return the one block before a part."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def padding(size: int) -> int:
    return -size % BLOCK


def parse_header(block: bytes) -> tuple[str, int]:
    """Return a part's name and size. Raises ValueError for a block that `header` did not write."""
    try:
        member = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeError) as wrong:
        raise ValueError(str(wrong)) from wrong
    if not _NAME.fullmatch(member.name) or header(member.name, member.size) != block:
        raise ValueError("its header is none of ours")
    return member.name, member.size


def is_ours(name: str) -> bool:
    """Tell whether a backup may begin with a part of this name."""
    return bool(_PART.fullmatch(name))


def render_sums(sums: Sequence[tuple[str, str]]) -> bytes:
    """Return the list of `(sha256, name)`."""
    return "".join(f"{sha256}  {name}\n" for sha256, name in sums).encode()


def parse_sums(text: bytes) -> tuple[tuple[str, str], ...]:
    """Return what `render_sums` wrote. Raises ValueError."""
    found = [_LINE.fullmatch(line) for line in text.decode().splitlines()]
    sums = tuple((match[1], match[2]) for match in found if match)
    if render_sums(sums) != text:
        raise ValueError("its list of checksums is none of ours")
    return sums
