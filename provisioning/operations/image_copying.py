"""Copy an image from one engine to another through this machine's memory: no disk of it is touched."""

from __future__ import annotations

import shlex
import sys
import time
from contextlib import closing
from dataclasses import dataclass

from provisioning.containers import archive, loading
from provisioning.containers.archive import Held
from provisioning.containers.asking import Answer
from provisioning.containers.compression import COMPRESSORS, NONE, QUICK_ZSTD, ZSTD, Compression
from provisioning.containers.engine_words import failure
from provisioning.containers.images import image_probe
from provisioning.containers.keeping import packed
from provisioning.containers.site import engine_of
from provisioning.containers.sizes import megabytes, speed
from provisioning.errors import GpudockError, UsageError
from provisioning.operations.containers import DockerHost, docker_host
from provisioning.operations.image_loading import tell
from provisioning.operations.progress import meter
from provisioning.operations.showing import console
from provisioning.operations.streaming import Summing, give, passing, whole_output
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Request:
    image: str
    other_architecture: bool
    dry_run: bool


def copy(source: Targets, target: Targets, request: Request) -> None:
    """Copy it and prove that the target has the same. Raises before the first byte what would stand in the way."""
    if source.hosts == target.hosts:
        raise UsageError(
            "--from and --to name the same host.", "Name another one; this machine is the default of both."
        )
    image = image_probe(request.image)
    probes = (image, COMPRESSORS, loading.ENGINE_ROOM)
    with docker_host(source, probes) as giver, docker_host(target, probes) as taker:
        found = giver.facts[image]
        if found is None:
            raise UsageError(f"{giver.name}: there is no image {request.image}.")
        held = archive.held(request.image, found)
        if archive.is_same(held, taker.facts[image]):
            console().print(f"{taker.name} has it already: {request.image} {found.id}", markup=False)
            return
        if not request.other_architecture:
            loading.require_architecture((held,), taker.person, taker.name)
        loading.require_room((held,), taker.facts[loading.ENGINE_ROOM], taker.name)
        _send(giver, taker, held, dry_run=request.dry_run)


def _send(giver: DockerHost, taker: DockerHost, held: Held, *, dry_run: bool) -> None:
    save = (*giver.prefix, "docker", "save", held.name)
    load = (*taker.prefix, "docker", "load")
    compression = _compression(giver, taker)
    if dry_run:
        steps = filter(None, (save, compression.pack, load))
        sys.stdout.write(" | ".join(map(shlex.join, steps)) + "\n")
        return
    size = f"{megabytes(held.size)}, layers that {taker.name} has among them"
    console(stderr=True).print(f"Copying {held.name}: {size}", markup=False)
    begun, summing = time.monotonic(), Summing()
    with meter(f"{giver.name} → {taker.name}") as advance:
        stream = whole_output(giver.runner.start(packed(save, compression)), lambda said: _failed(giver, held, said))
        with closing(stream):
            counted = passing(stream, summing.take, lambda chunk: advance(len(chunk)))
            answer = give(taker.runner.start(load), counted)
    tell(taker, (held,), answer)
    seconds = time.monotonic() - begun
    sent = f"{megabytes(summing.sum.size)} went over the wire, {seconds:.1f} s ({speed(held.size, seconds)})"
    console().print(f"  {held.id}\n  {sent}", markup=False)


def _compression(giver: DockerHost, taker: DockerHost) -> Compression:
    """Return what shortens the way. On one core gzip is slower than most networks, zstd on all cores is not."""
    helps = ZSTD.program in giver.facts[COMPRESSORS] and loading.reads_zstd(engine_of(taker.facts, taker.name).version)
    return QUICK_ZSTD if helps else NONE


def _failed(giver: DockerHost, held: Held, answer: Answer) -> GpudockError:
    return failure(giver.name, f"saving {held.name}", answer.said)
