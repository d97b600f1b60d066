"""What people must know of a backup before and after it is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provisioning.containers.backup.manifest import LeftOut, Manifest
from provisioning.containers.spec import ContainerSpec

_SECRET = re.compile(r"(?i)token|passw|secret|api_?key|access_?key|private_?key|credential")
_UNITS = ("B", "kB", "MB", "GB", "TB")


def sized(size: int | None) -> str:
    """Return a number of bytes as docker writes it."""
    if size is None:
        return "size unknown"
    value, unit = float(size), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def before_saving(
    spec: ContainerSpec, lost: Sequence[str], left_out: Sequence[LeftOut], *, live: bool
) -> Iterator[str]:
    """Yield a line for everything that a backup does not hold, or holds and should not. `live`: data may change."""
    for each in left_out:
        yield f"not saved: {each.source} at {each.target} ({sized(each.size)}): {each.why}"
    for what in lost:
        yield f"cannot be made again: {what}"
    names = [name for name, value in spec.environment if value and _SECRET.search(name)]
    if names:
        yield f"the file will hold what looks secret in the environment: {', '.join(names)}; keep it to yourself"
    if live:
        yield "the container runs on while its volumes are read; stop it first where that matters"


def in_a_line(manifest: Manifest) -> str:
    """Return what a backup is, for a list."""
    origin, image = manifest.origin, manifest.image
    size = sum(each.size for each in manifest.parts)
    return f"{manifest.spec.name} of {origin.host}, {origin.at}, {sized(size)}, from {image.base}"


def contents(manifest: Manifest) -> Iterator[str]:
    """Yield what is in a backup and what is not, a line each."""
    sizes = {each.name: each.size for each in manifest.parts}
    yield f"  {manifest.image.part}  {sized(sizes[manifest.image.part])}  the container's own files"
    for data in manifest.data:
        what = f"volume {data.volume}" if data.volume else data.source or "a volume of its own"
        yield f"  {data.part}  {sized(sizes[data.part])}  {what} at {data.target}"
    for each in manifest.left_out:
        yield f"  not saved: {each.source} at {each.target}: {each.why}"
    for what in manifest.lost:
        yield f"  cannot be made again: {what}"
