"""Make a container again from its backup, and prove that it runs; or take everything back."""

from __future__ import annotations

import json
import secrets
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provisioning.command import Command, joined
from provisioning.containers import archive, gpus, loading, risks
from provisioning.containers.asking import Answer
from provisioning.containers.backup import making as commands
from provisioning.containers.backup.changing import Changes, changed, gpu_words, renamed, with_volumes
from provisioning.containers.backup.making import Making
from provisioning.containers.backup.manifest import Data, Manifest
from provisioning.containers.backup.secrets_anew import with_new_secrets
from provisioning.containers.backup.target import refuse_what_is_in_the_way, require_architecture, target_probe
from provisioning.containers.compression import COMPRESSORS, of_start
from provisioning.containers.engine_words import failure
from provisioning.containers.site import engine_of
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.backup import proving, reading
from provisioning.operations.backup.copied import image_of
from provisioning.operations.backup.reading import Backup
from provisioning.operations.containers import DockerHost, docker_host
from provisioning.operations.progress import meter
from provisioning.operations.streaming import give, passing
from provisioning.operations.undoing import undoing
from provisioning.probes.driver import GPUS
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Request:
    file: Path
    changes: Changes
    gpus: tuple[str, ...]
    """() are those that it had."""
    volumes: tuple[str, ...]
    overwrite: bool
    start: bool
    dry_run: bool


def restore(targets: Targets, request: Request) -> None:
    """Verify the whole file, look whether anything is in the way, then make the container, fill it and start it.

    Raises UsageError and UnsupportedHost before anything is done; ChangeFailed and Unreachable after all was taken
    back that was made.
    """
    backup = reading.verify(request.file)
    spec = changed(backup.manifest.spec, request.changes)
    data = renamed(_chosen(backup.manifest, request.volumes), request.changes)
    manifest = with_volumes(backup.manifest, request.changes)
    words = request.gpus or gpu_words(manifest.spec.gpus)
    probe = target_probe(spec, manifest)
    asked = (GPUS,) if gpus.needs_report(words) else ()
    with docker_host(targets, (probe, COMPRESSORS, loading.ENGINE_ROOM, *asked)) as host:
        require_architecture(host.name, manifest, host.person)
        refuse_what_is_in_the_way(host.name, spec, data, host.facts[probe], overwrite=request.overwrite)
        loading.require_room((_with(manifest, data),), host.facts[loading.ENGINE_ROOM], host.name)
        spec = replace(spec, gpus=gpus.choose(words, host.facts, host.name))
        spec, new_secrets = with_new_secrets(spec, host.person.home)
        making = Making(
            manifest=manifest,
            spec=spec,
            data=data,
            target=host.facts[probe],
            prefix=host.prefix,
            unique=secrets.token_hex(4),
            secrets=new_secrets,
            unpacking=_unpacking(host, backup),
        )
        for line in (*risks.of(spec), *(f"cannot be made again: {what}" for what in manifest.lost)):
            sys.stderr.write(f"{host.name}: {line}\n")
        if request.dry_run:
            sys.stdout.writelines(f"{line}\n" for line in _lines(making, start=request.start))
            return
        _make(host, backup, making, start=request.start)


def _chosen(manifest: Manifest, words: Sequence[str]) -> tuple[Data, ...]:
    """Return the data to fill in. Raises UsageError for what the backup has not."""
    if words in (("all",), ("none",)):
        return manifest.data if words == ("all",) else ()
    known = {name for each in manifest.data for name in (each.volume, each.source, each.target) if name}
    for word in words:
        if word not in known:
            raise UsageError(
                f"--volumes {word}: the backup holds no such data.", f"It holds: {', '.join(sorted(known))}."
            )
    return tuple(each for each in manifest.data if {each.volume, each.source, each.target} & set(words))


def _with(manifest: Manifest, data: Sequence[Data]) -> archive.Held:
    """Return the image as large as it is together with what is filled in."""
    return replace(manifest.image, size=manifest.image.size + sum(each.size or 0 for each in data))


def _unpacking(host: DockerHost, backup: Backup) -> dict[str, tuple[str, ...]]:
    engine, programs = engine_of(host.facts, host.name).version, host.facts[COMPRESSORS]
    starts = {each.name: next(backup.part(each.name), b"")[:4] for each in backup.manifest.parts}
    return {name: loading.unpacking(of_start(start), engine, programs, host.name) for name, start in starts.items()}


def _make(host: DockerHost, backup: Backup, making: Making, *, start: bool) -> None:
    undo = [Command(argv) for argv in commands.undoing(making)]
    try:
        with undoing(host.runner, (), undo, lambda said: failure(host.name, "beginning", said.last)) as taking_back:
            _load(host, backup, making)
            for argv in commands.preparing(making):
                _do(host, argv)
            _make_places(host, making)
            _write_secrets(host, making)
            _do(host, commands.creating(making))
            _fill(host, backup, making)
            for argv in commands.joining(making):
                _do(host, argv)
            state = proving.start(host, making.unfinished, backup.manifest) if start else "made, and not started"
            _do(host, commands.finishing(making))
            taking_back.keep()
    except ChangeFailed as problem:
        raise ChangeFailed(problem.message, f"{problem.hint}\n{_what_is_left(making)}".strip()) from problem
    sys.stdout.write(f"{host.name}: {making.spec.name} is back from {backup.path}: {state}.\n")


def _what_is_left(making: Making) -> str:
    left = commands.written(making)
    return "What was made was taken back" + (f", but for files in: {', '.join(left)}." if left else ".")


def _load(host: DockerHost, backup: Backup, making: Making) -> None:
    image = backup.manifest.image
    if image.name not in making.target.images:
        answer = _pour(host, backup, making, backup.manifest.image_part, commands.loading(making))
        if answer.code:
            raise failure(host.name, "docker load", answer.last)
    if not archive.is_same(image, image_of(host, image.name)):
        raise ChangeFailed(
            f"{host.name}: the image {image.name} is not the one that was saved.", "Remove it there first."
        )


def _make_places(host: DockerHost, making: Making) -> None:
    """As the login user where that is possible: what is in them gets the owners that it had."""
    for argv in commands.new_places(making):
        if host.ask_program(*argv).code and host.ask_program("sudo", "-n", *argv).code:
            raise ChangeFailed(
                f"{host.name}: {argv[-1]} cannot be made.", "Make it there, or name another with --path."
            )


def _write_secrets(host: DockerHost, making: Making) -> None:
    for each in making.secrets:
        answer = host.ask_program(*each.place.store(), given=each.text.reveal().encode())
        if answer.code:
            raise ChangeFailed(f"{host.name}: no secret can be kept in your home there: {answer.last}.")


def _fill(host: DockerHost, backup: Backup, making: Making) -> None:
    if not making.data:
        return
    mounts = json.loads(_do(host, (*making.docker, "inspect", "--format", "{{json .Mounts}}", making.unfinished)))
    _do(host, commands.holding(making, {each["Destination"]: each.get("Name", "") for each in mounts}))
    for part, argv in commands.filling(making):
        answer = _pour(host, backup, making, part, argv)
        if answer.code:
            raise failure(host.name, f"restoring {part}", answer.last)
    _do(host, commands.letting_go(making))


def _pour(host: DockerHost, backup: Backup, making: Making, part: str, argv: tuple[str, ...]) -> Answer:
    unpack = making.unpacking[part]
    size = next(each.size for each in backup.manifest.parts if each.name == part)
    with meter(part, size) as advance:
        chunks = passing(backup.part(part), lambda chunk: advance(len(chunk)))
        return give(host.runner.start(joined(unpack, argv) if unpack else argv), chunks)


def _do(host: DockerHost, argv: tuple[str, ...]) -> str:
    answer = host.ask_program(*argv)
    if answer.code:
        raise failure(host.name, shlex.join(argv[:4]), answer.last)
    return answer.output


def _lines(making: Making, *, start: bool) -> Iterator[str]:
    file = shlex.quote(making.manifest.image_part)
    if making.manifest.image.name not in making.target.images:
        yield f"{shlex.join(commands.loading(making))} <{file}"
    yield from map(shlex.join, commands.preparing(making))
    yield from map(shlex.join, commands.new_places(making))
    yield shlex.join(commands.creating(making))
    if making.data:
        own = {each.target: f"VOLUME-OF-{each.target}" for each in making.data}
        yield shlex.join(commands.holding(making, own))
        yield from (f"{shlex.join(argv)} <{shlex.quote(part)}" for part, argv in commands.filling(making))
        yield shlex.join(commands.letting_go(making))
    yield from map(shlex.join, commands.joining(making))
    if start:
        yield shlex.join((*making.docker, "start", making.unfinished))
    yield shlex.join(commands.finishing(making))
