"""Save images to one file, here or on their host: packed where they are, summed on the way, named when whole."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.containers import archive
from provisioning.containers.archive import Checksum, Held, Sum
from provisioning.containers.asking import Answer
from provisioning.containers.compression import COMPRESSORS, Compression, best, for_name
from provisioning.containers.engine_words import failure
from provisioning.containers.folders import Place, folders_probe
from provisioning.containers.images import Image, images_probe
from provisioning.containers.keeping import packed
from provisioning.containers.sizes import megabytes, speed
from provisioning.errors import ChangeFailed, GpudockError, UsageError
from provisioning.operations import archives
from provisioning.operations.containers import DockerHost, docker_host
from provisioning.operations.showing import console
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Request:
    images: tuple[str, ...]
    to: str
    """A file, or a folder. '' is the current folder, or on a host the home there."""
    there: bool
    """On the host that has the images, not on this machine."""
    overwrite: bool
    tight: bool
    """Go on where the file fits only if packing makes it smaller."""
    dry_run: bool


@dataclass(frozen=True)
class _Job:
    """All that is known before the first byte."""

    host: DockerHost
    argv: tuple[str, ...]
    path: str
    compression: Compression
    held: tuple[Held, ...]

    def failed(self, answer: Answer) -> GpudockError:
        return failure(self.host.name, f"saving {', '.join(each.name for each in self.held)}", answer.said)


def save(targets: Targets, request: Request) -> None:
    """Save the images. Raises UsageError and ChangeFailed before a byte is written where it cannot end well."""
    there = request.there and bool(targets.hosts)
    asked = request.to or ("~" if there else ".")
    places, images = folders_probe((asked,)), images_probe(request.images)
    with docker_host(targets, (places, images, COMPRESSORS)) as host:
        place = host.facts[places][asked] if there else _here(asked)
        if asked.endswith("/") and not (place.kind == "folder" and (there or Path(place.path).is_dir())):
            raise UsageError(f"--to {asked}: there is no such folder{' there' if there else ''}.", "Make it first.")
        job = _job(host, request, place, _require(host, host.facts[images]))
        if request.dry_run:
            pack = f" | {shlex.join(job.compression.pack)}" if job.compression.pack else ""
            sys.stdout.write(f"{shlex.join(job.argv)}{pack} >{shlex.quote(job.path)}\n")
            return
        if not request.tight:
            _require_room(job, place, host.name if there else "this machine")
        if not request.overwrite:
            _require_new(job, there=there)
        begun = time.monotonic()
        whole = _keep(job, there=there)
        _tell(job, whole, time.monotonic() - begun, there=there)


def _here(text: str) -> Place:
    path = Path(text).expanduser().absolute()
    above = next(each for each in (path, *path.parents) if each.exists())
    kind = "folder" if path.is_dir() or text.endswith("/") else "file"
    return Place(str(path), kind, readable=True, writable=True, free=shutil.disk_usage(above).free)


def _require(host: DockerHost, images: Mapping[str, Image | None]) -> tuple[Held, ...]:
    missing = [name for name, image in images.items() if image is None]
    if missing:
        raise UsageError(
            f"{host.name}: there is no image {', '.join(missing)}.",
            f"`gpudock image.list --host {host.name}` shows those that there are.",
        )
    return tuple(archive.held(name, image) for name, image in images.items() if image)


def _job(host: DockerHost, request: Request, place: Place, held: tuple[Held, ...]) -> _Job:
    programs, path = host.facts[COMPRESSORS], place.path
    if place.kind == "folder" or request.to.endswith("/"):
        compression = best(programs)
        path = f"{path}/{archive.file_name('+'.join(request.images), '.tar' + compression.suffix)}"
    else:
        compression = for_name(path, programs, host.name)
    return _Job(host, (*host.prefix, "docker", "save", *request.images), path, compression, held)


def _require_room(job: _Job, place: Place, where: str) -> None:
    size = sum(each.size for each in job.held)
    if place.free < size:
        raise ChangeFailed(
            f"{where}: {job.path} needs up to {megabytes(size)}, and {megabytes(place.free)} are free there.",
            "Name another place with --to; or, as packing may make it smaller, try with --tight.",
        )


def _require_new(job: _Job, *, there: bool) -> None:
    is_there = job.host.ask_program("test", "-e", job.path).code == 0 if there else Path(job.path).exists()
    if is_there:
        raise UsageError(f"{job.path} is there already.", "Name another file, or replace it with --overwrite.")


def _keep(job: _Job, *, there: bool) -> Sum:
    stream = packed(job.argv, job.compression)
    if there:
        whole = archives.keep_there(job.host, stream, job.path, job.failed)
        archives.note_there(job.host, job.path, Checksum(whole.sha256, job.held))
    else:
        whole = archives.keep_here(job.host, stream, Path(job.path), job.failed)
        archives.note_here(Path(job.path), Checksum(whole.sha256, job.held))
    return whole


def _tell(job: _Job, whole: Sum, seconds: float, *, there: bool) -> None:
    size = sum(each.size for each in job.held)
    out = console()
    out.print(f"{f'{job.host.name}: ' if there else ''}{job.path}", markup=False)
    out.print(
        f"  {megabytes(whole.size)} of {megabytes(size)}, {seconds:.1f} s ({speed(size, seconds)})\n"
        f"  sha256 {whole.sha256}, noted beside it",
        markup=False,
    )
