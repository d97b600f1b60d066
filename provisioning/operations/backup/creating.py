"""Save a container: its own files as an image, its volumes and folders beside it, and how it was made."""

from __future__ import annotations

import secrets
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from provisioning.command import Command
from provisioning.containers import site
from provisioning.containers.archive import file_name
from provisioning.containers.asking import Answer
from provisioning.containers.backup import choosing, telling
from provisioning.containers.backup.inspected import read
from provisioning.containers.backup.manifest import Manifest, Part, render
from provisioning.containers.backup.picture import Picture, picture_probe
from provisioning.containers.backup.taking import Taking, copying, describe, removing, streams
from provisioning.containers.compression import COMPRESSORS, best
from provisioning.containers.engine_words import failure
from provisioning.containers.sizes import megabytes
from provisioning.errors import ChangeFailed, GpudockError, UsageError
from provisioning.operations.backup.copied import image_of
from provisioning.operations.backup.writing import BackupFile, backup_file
from provisioning.operations.containers import DockerHost, docker_host
from provisioning.operations.progress import meter
from provisioning.operations.streaming import passing, whole_output
from provisioning.operations.undoing import undoing
from provisioning.probes.driver import KERNEL_DRIVER
from provisioning.tasks.targets import Targets

_TIMED_OUT = 124


@dataclass(frozen=True)
class Request:
    container: str
    to: Path
    volumes: tuple[str, ...]
    pause_limit: int
    """Seconds that the container may stand still."""
    dry_run: bool


def create(targets: Targets, request: Request) -> None:
    """Save a container. Raises UsageError, ChangeFailed and Unreachable: then nothing of it is left, here or there."""
    probe = picture_probe(request.container)
    with docker_host(targets, (probe, COMPRESSORS, KERNEL_DRIVER)) as host:
        taking = _taking(host, host.facts[probe], request)
        path = _path(request.to, taking.stem)
        for line in _warnings(taking):
            sys.stderr.write(f"{host.name}: {line}\n")
        if request.dry_run:
            for argv in (*copying(taking), *(argv for _, argv, _ in streams(taking)), *removing(taking)):
                sys.stdout.write(f"{shlex.join(argv)}\n")
            return
        _require_room(taking, path)
        manifest = _save(host, taking, path)
    sys.stdout.write(f"{path}: {telling.in_a_line(manifest)}\n")
    sys.stdout.writelines(f"{line}\n" for line in telling.contents(manifest))


def _taking(host: DockerHost, picture: Picture | None, request: Request) -> Taking:
    if picture is None:
        raise UsageError(
            f"{host.name}: there is no container {request.container!r}.",
            f"See which there are: gpudock containers.list {host.name}",
        )
    if not picture.image:
        base = picture.container["Config"]["Image"]
        raise ChangeFailed(
            f"{host.name}: the image that {request.container} was made of was removed by force, and without it the "
            "engine copies no container.",
            f"Bring the same image back there, with `docker pull {base}` or `gpudock image.load`, and try it again.",
        )
    programs: frozenset[str] = host.facts[COMPRESSORS]
    packed = best(programs)
    taken, left_out = choosing.choose(picture, request.volumes, packed.suffix)
    return Taking(
        host=host.name,
        at=datetime.now(timezone.utc),
        unique=secrets.token_hex(4),
        picture=picture,
        seen=read(picture.container, picture.image, picture.cgroup_version),
        taken=taken,
        left_out=left_out,
        packed=packed,
        prefix=host.prefix,
        pause_limit=request.pause_limit,
    )


def _warnings(taking: Taking) -> Iterator[str]:
    live = bool(taking.taken) and taking.picture.container["State"]["Status"] == "running"
    return telling.before_saving(taking.seen.spec, taking.seen.lost, taking.left_out, live=live)


def _path(to: Path, stem: str) -> Path:
    """Return the file to write. Raises UsageError where it is there, or its folder is not.

    What is no folder must be called `….tar`: a folder that is not there yet is no file's name.
    """
    if not to.is_dir() and to.suffix != ".tar":
        raise UsageError(
            f"--to {to}: there is no such folder.", f"Make it first (mkdir -p), or name a file: --to {to}.tar"
        )
    path = to / file_name(stem, ".tar") if to.is_dir() else to
    if path.exists():
        raise UsageError(f"{path} is there already, and is left as it is.", "Name another file with --to.")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder of this machine.", "Make it first, or name another with --to.")
    return path


def _require_room(taking: Taking, path: Path) -> None:
    """Raises ChangeFailed. Packed it will be less, nobody knows by how much."""
    container = taking.picture.container
    own, there = container.get("SizeRw") or 0, taking.picture.free
    if own > there:
        raise ChangeFailed(
            f"{taking.host}: there is no room for the copy that is saved: it takes {megabytes(own)} where the engine "
            f"keeps its images, and {megabytes(there)} are free.",
            f"See what can go: gpudock image.prune --host {taking.host}",
        )
    need = (container.get("SizeRootFs") or 0) + sum(each.data.size or 0 for each in taking.taken)
    here = shutil.disk_usage(path.parent).free
    if need > here:
        raise ChangeFailed(
            f"{path.parent}: there is no room for this backup: it may take {megabytes(need)}, "
            f"and {megabytes(here)} are free.",
            "Name another place with --to, or leave data out with --volumes.",
        )


def _save(host: DockerHost, taking: Taking, path: Path) -> Manifest:
    steps, undo = ([Command(argv) for argv in each] for each in (copying(taking), removing(taking)))
    with backup_file(path) as file, undoing(host.runner, steps, undo, lambda said: _not_copied(taking, said)):
        image = image_of(host, taking.image)
        parts = [_add(host, file, name, argv, size) for name, argv, size in streams(taking)]
        engine = ".".join(map(str, site.engine_of(host.facts, host.name).version))
        manifest = describe(taking, image, engine, host.facts[KERNEL_DRIVER], parts)
        file.finish(render(manifest))
    return manifest


def _add(host: DockerHost, file: BackupFile, name: str, argv: tuple[str, ...], size: int | None) -> Part:
    chunks = whole_output(host.runner.start(argv), lambda said: failure(host.name, f"saving {name}", said.last))
    with meter(name, size) as advance:
        return file.add(name, passing(chunks, lambda chunk: advance(len(chunk))))


def _not_copied(taking: Taking, said: Answer) -> GpudockError:
    name = taking.seen.spec.name
    if said.code == _TIMED_OUT:
        return ChangeFailed(
            f"{taking.host}: {name} stood still for {taking.pause_limit} s while it was copied, and was let go on. "
            "Nothing was saved.",
            f"Stop it first, or let it stand still for longer: --pause-limit {4 * taking.pause_limit}",
        )
    return failure(taking.host, f"docker commit {name}", said.last)
