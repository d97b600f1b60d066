"""How a stream is made smaller on its way: by zstd on all cores where the host has it, else by gzip."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from provisioning.errors import UnsupportedHost
from provisioning.probe import Probe


@dataclass(frozen=True)
class Compression:
    """A program that packs its standard input, and how a file of its making begins and is called."""

    program: str
    suffix: str
    magic: bytes
    pack: tuple[str, ...] = ()
    unpack: tuple[str, ...] = ()


ZSTD = Compression("zstd", ".zst", b"\x28\xb5\x2f\xfd", ("zstd", "-q", "-c", "-T0"), ("zstd", "-q", "-d", "-c"))
QUICK_ZSTD = replace(ZSTD, pack=(*ZSTD.pack, "-1"))
"""For a stream that is unpacked at once: the network and the engine at its end are waiting."""
PIGZ = Compression("pigz", ".gz", b"\x1f\x8b", ("pigz", "-c"), ("pigz", "-d", "-c"))
GZIP = Compression("gzip", ".gz", b"\x1f\x8b", ("gzip", "-c"), ("gzip", "-d", "-c"))
NONE = Compression("", "", b"")

BEST_FIRST = (ZSTD, PIGZ, GZIP)

COMPRESSORS: Probe[frozenset[str]] = Probe(
    "compressors",
    'for name in zstd pigz gzip; do command -v "$name" >/dev/null && echo "$name"; done; :',
    lambda text: frozenset(text.split()),
)
"""Which of the programs a host has."""


def best(programs: Collection[str]) -> Compression:
    """Return the best that a host with these programs can do."""
    return next((each for each in BEST_FIRST if each.program in programs), NONE)


def for_name(name: str, programs: Collection[str], host: str) -> Compression:
    """Return what the ending of a file's name asks for, else the best. Raises UnsupportedHost."""
    if name.endswith(".tar"):
        return NONE
    asked = [each for each in BEST_FIRST if name.endswith((each.suffix, each.suffix.replace(".gz", ".tgz")))]
    if not asked:
        return best(programs)
    there = [each for each in asked if each.program in programs]
    if there:
        return there[0]
    raise UnsupportedHost(
        f"{host}: it has no {asked[-1].program}, which {name} asks for by its ending.",
        f"Install {asked[-1].program} there, or choose another ending: .tar.gz, .tar.",
    )


def of_start(start: bytes) -> Compression:
    """Return how a file that begins so is packed."""
    return next((each for each in (ZSTD, GZIP) if start.startswith(each.magic)), NONE)
