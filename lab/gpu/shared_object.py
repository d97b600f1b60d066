"""An empty shared library with a name, so that ldconfig lists the stand-in driver's as it lists real ones."""

from __future__ import annotations

import struct

ET_DYN = 3
ELF_MACHINES = {"x86_64": 62, "aarch64": 183}
PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME = 0, 4, 5, 6, 10, 11, 14
HEADER_SIZE, SEGMENT_SIZE, SYMBOL_SIZE = 64, 56, 24


def shared_object(soname: str, machine: str) -> bytes:
    """Return an ELF library without code and symbols, named `soname` (System V ABI, chapters 4 and 5).

    `machine` is the processor as `uname -m` names it.
    """
    names = b"\0" + soname.encode() + b"\0"
    names += bytes(-len(names) % 8)
    symbols = bytes(SYMBOL_SIZE)
    hashes = struct.pack("<4I", 1, 1, 0, 0)
    at_names = HEADER_SIZE + 2 * SEGMENT_SIZE
    at_symbols = at_names + len(names)
    at_hashes = at_symbols + len(symbols)
    at_dynamic = at_hashes + len(hashes)
    entries = (
        (DT_SONAME, 1), (DT_STRTAB, at_names), (DT_STRSZ, len(names)), (DT_SYMTAB, at_symbols),
        (DT_SYMENT, SYMBOL_SIZE), (DT_HASH, at_hashes), (DT_NULL, 0),
    )  # fmt: skip
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in entries)
    end = at_dynamic + len(dynamic)
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", ET_DYN, ELF_MACHINES[machine], 1, 0, HEADER_SIZE, 0, 0, HEADER_SIZE, SEGMENT_SIZE, 2, 0, 0, 0
    )  # fmt: skip
    segments = _segment(PT_LOAD, 0, end) + _segment(PT_DYNAMIC, at_dynamic, len(dynamic))
    return header + segments + names + symbols + hashes + dynamic


def _segment(kind: int, start: int, size: int) -> bytes:
    writable = 6
    return struct.pack("<IIQQQQQQ", kind, writable, start, start, start, size, size, 0x1000)
