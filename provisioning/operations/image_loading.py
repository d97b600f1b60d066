"""Load an archive into an engine: verified to the last byte before the engine sees the first."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioning.command import joined
from provisioning.containers import archive, loading
from provisioning.containers.archive import Checksum, Held
from provisioning.containers.asking import Answer
from provisioning.containers.compression import COMPRESSORS, of_start
from provisioning.containers.engine_words import failure
from provisioning.containers.folders import folders_probe
from provisioning.containers.site import engine_of
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations import archives
from provisioning.operations.containers import DockerHost, docker_host, inspected
from provisioning.operations.progress import meter
from provisioning.operations.showing import console
from provisioning.operations.streaming import give, passing, read
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Request:
    path: str
    there: bool
    """The archive is on the host, not on this machine."""
    unchecked: bool
    other_architecture: bool
    dry_run: bool


def load(targets: Targets, request: Request) -> None:
    """Load it and prove that the engine has what was saved. Raises UsageError before the engine is asked to load."""
    there = request.there and bool(targets.hosts)
    path = Path(request.path).expanduser().absolute()
    if not there and not path.is_file():
        raise UsageError(f"{path}: there is no such file.", "With --there it is looked for on the host.")
    places = folders_probe((request.path,))
    with docker_host(targets, (COMPRESSORS, loading.ENGINE_ROOM, places)) as host:
        at = host.facts[places][request.path].path if there else str(path)
        unpacking = _unpacking(host, at, there=there)
        docker = (*host.prefix, "docker", "load")
        if request.dry_run:
            sys.stdout.write(f"{' | '.join(map(shlex.join, filter(None, (unpacking, docker))))} <{shlex.quote(at)}\n")
            return
        checksum = _verified(host, at, unchecked=request.unchecked, there=there)
        if not request.other_architecture:
            loading.require_architecture(checksum.images, host.person, host.name)
        loading.require_room(checksum.images, host.facts[loading.ENGINE_ROOM], host.name)
        argv = joined(unpacking, docker) if unpacking else docker
        tell(host, checksum.images, _from_there(host, at, argv) if there else _from_here(host, path, argv))


def _unpacking(host: DockerHost, at: str, *, there: bool) -> tuple[str, ...]:
    if there:
        start = host.ask_program("head", "-c", "4", "--", at).output.encode(errors="surrogateescape")
    else:
        start = next(iter(read(Path(at))), b"")[:4]
    engine, programs = engine_of(host.facts, host.name).version, host.facts[COMPRESSORS]
    return loading.unpacking(of_start(start), engine, programs, host.name)


def _verified(host: DockerHost, at: str, *, unchecked: bool, there: bool) -> Checksum:
    if unchecked:
        return Checksum("")
    return archives.verified_there(host, at) if there else archives.verified_here(Path(at))


def _from_here(host: DockerHost, path: Path, argv: tuple[str, ...]) -> Answer:
    with meter(f"loading {path.name}", path.stat().st_size) as advance:
        return give(host.runner.start(argv), passing(read(path), lambda chunk: advance(len(chunk))))


def _from_there(host: DockerHost, at: str, argv: tuple[str, ...]) -> Answer:
    return host.ask_program("sh", "-c", 'exec "$@" <"$0"', at, *argv)


def tell(host: DockerHost, images: Sequence[Held], answer: Answer) -> None:
    """Say what was loaded, once the engine has what was saved. Raises what a bad end means."""
    if answer.code:
        raise failure(host.name, "docker load", answer.said)
    for each in images:
        require_same(host, each)
    out = console()
    for line in answer.output.splitlines():
        if line.startswith("Loaded image"):
            out.print(f"{host.name}: {line.partition(': ')[2]}", markup=False)


def require_same(host: DockerHost, image: Held) -> None:
    """Raises ChangeFailed where the engine's image is not the one that was saved."""
    if not archive.is_same(image, inspected(host, image.name)):
        raise ChangeFailed(
            f"{host.name}: {image.name} was loaded, and is not {image.id}, which was saved.",
            f"Look at it: gpudock image.history {image.name} --host {host.name}",
        )
