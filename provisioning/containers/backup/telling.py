"""What people must know of a backup before and after it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioning.containers.backup.manifest import LeftOut, Manifest
from provisioning.containers.exposed import in_environment
from provisioning.containers.sizes import megabytes
from provisioning.containers.spec import ContainerSpec


def size_of(size: int | None) -> str:
    return "size unknown" if size is None else megabytes(size)


def before_saving(
    spec: ContainerSpec, lost: Sequence[str], left_out: Sequence[LeftOut], *, live: bool
) -> Iterator[str]:
    """Yield a line for everything that a backup does not hold, or holds and should not. `live`: data may change."""
    for each in left_out:
        yield f"not saved: {each.source} at {each.target} ({size_of(each.size)}): {each.why}"
    for what in lost:
        yield f"cannot be made again: {what}"
    exposed = [each.where for each in in_environment(f"{name}={value}" for name, value in spec.environment)]
    if exposed:
        yield f"the file will hold what looks like a secret ({', '.join(exposed)}): keep it to yourself"
    if live:
        yield "the container runs on while its volumes are read; stop it first where that matters"


def in_a_line(manifest: Manifest) -> str:
    """Return what a backup is, for a list."""
    origin = manifest.origin
    size = sum(each.size for each in manifest.parts)
    return f"{manifest.spec.name} of {origin.host}, {origin.at}, {megabytes(size)}, from {manifest.base.name}"


def contents(manifest: Manifest) -> Iterator[str]:
    """Yield what is in a backup and what is not, a line each."""
    sizes = {each.name: each.size for each in manifest.parts}
    yield f"  {manifest.image_part}  {megabytes(sizes[manifest.image_part])}  the container's own files"
    for data in manifest.data:
        what = f"volume {data.volume}" if data.volume else data.source or "a volume of its own"
        yield f"  {data.part}  {megabytes(sizes[data.part])}  {what} at {data.target}"
    for each in manifest.left_out:
        yield f"  not saved: {each.source} at {each.target}: {each.why}"
    for what in manifest.lost:
        yield f"  cannot be made again: {what}"
