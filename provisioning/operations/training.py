"""Start a training run on GPUs that nobody else has."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from provisioning.containers import gpus, training
from provisioning.containers.asking import ask
from provisioning.containers.engine_limits import ENGINE_LIMITS
from provisioning.containers.engine_words import name_taken
from provisioning.containers.existing import CONTAINERS, Container
from provisioning.containers.folders import Place, folders_probe, require_folder
from provisioning.containers.images import image_probe
from provisioning.containers.occupancy import COMPUTE_APPS, Site, require_free
from provisioning.containers.project_run import CACHE
from provisioning.containers.rendering import run_argv
from provisioning.containers.repository import CHECKOUTS, KNOWN_HOSTS, Source
from provisioning.containers.sameness import refuse_other
from provisioning.containers.spec import ContainerSpec
from provisioning.engine import gather
from provisioning.errors import ChangeFailed, Locked, UsageError
from provisioning.operations.containers import DockerHost, docker_host, require_image, warn
from provisioning.operations.fetching import fetch
from provisioning.operations.project_run import folder_there, show
from provisioning.operations.replacing import replacing
from provisioning.operations.replacing import start as run
from provisioning.operations.starting_alone import starting_alone
from provisioning.probe import Facts
from provisioning.probes.driver import GPUS
from provisioning.tasks.targets import Targets

_NOT_THERE = (126, 127)


@dataclass(frozen=True)
class Request:
    image: str
    command: tuple[str, ...]
    name: str
    folder: str
    """'' is the current folder here, the home on another host."""
    gpus: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    network: str = ""
    shm: int = 0
    source: Source | None = None
    """Fetched into a folder of its own instead."""
    share: bool = False
    recreate: bool = False
    dry_run: bool = False


def start(targets: Targets, request: Request) -> int:
    """Print the name of the run that was started. Raises Locked for GPUs in use, UsageError before anything is done."""
    name = request.name or _made_up_name(targets, request)
    folder, cache, known = _folder(targets, request, name), f"~/{CACHE}", f"~/{KNOWN_HOSTS}"
    folders, image = folders_probe((folder, cache, known)), image_probe(request.image)
    with docker_host(targets, (folders, image, CONTAINERS, GPUS, COMPUTE_APPS, ENGINE_LIMITS)) as host:
        places = host.facts[folders]
        place = places[folder] if request.source else require_folder(host.facts, folders, folder, "--dir", host.name)
        wish = _wish(request, name, place, locks_memory=host.facts[ENGINE_LIMITS].locks_memory)
        words = _by_uuid(request.gpus, host.facts)
        chosen = gpus.choose(words, host.facts, host.name)
        spec = training.spec(wish, host.person, chosen)
        wanted = () if request.share else _uuids(words, host)
        before = _of_that_name(host, spec)
        if before and not request.recreate:
            return _keep(host, before, spec)
        warn(host, training.warnings(wish, place, host.person.home))
        if request.dry_run:
            return _show(host, spec, request)
        _require_free(host, host.facts, wanted, spec)
        require_image(host, image, request.image)
        if request.source:
            commit = fetch(host, request.image, request.source, place, places[known], request.network)
            spec = training.spec(replace(wish, commit=commit), host.person, chosen)
        if places[cache].kind == "none":
            ask(host.runner, ("mkdir", "-p", places[cache].path))
        with starting_alone(host):
            now = gather(host.runner, (CONTAINERS,))
            _require_free(host, now, wanted, spec)
            _refuse_newcomer(host, now, before, spec)
            _start(host, spec, before)
        return _say_so(host, spec)


def _show(host: DockerHost, spec: ContainerSpec, request: Request) -> int:
    if request.source:
        before = f"before this, {request.image} fetches {request.source.text} there, and the commit becomes a label"
        sys.stderr.write(f"{host.name}: {before}\n")
    return show(host, spec)


def _folder(targets: Targets, request: Request, name: str) -> str:
    return f"~/{CHECKOUTS}/{name}" if request.source else folder_there(targets, request.folder)


def _made_up_name(targets: Targets, request: Request) -> str:
    what = request.source.name if request.source else PurePosixPath(folder_there(targets, request.folder)).name
    return f"train-{_word(what)}-{secrets.token_hex(2)}"


def _wish(request: Request, name: str, place: Place, *, locks_memory: bool) -> training.Wish:
    return training.Wish(
        request.image,
        request.command,
        place.path,
        name,
        request.environment,
        request.network,
        request.shm,
        locks_memory,
        repository=request.source.text if request.source else "",
    )


def _word(text: str) -> str:
    """Return `text` as a part of a container's name."""
    return "".join(letter for letter in text if letter.isascii() and letter.isalnum()).lower()[:20] or "run"


def _by_uuid(words: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """Return the GPUs by UUID where all are meant: so that what a run has is known from it alone."""
    return facts[GPUS].uuids or words if words[0] in ("auto", "all") else words


def _uuids(words: tuple[str, ...], host: DockerHost) -> tuple[str, ...]:
    if not gpus.needs_report(words):
        return ()
    return tuple(gpu.uuid for gpu in gpus.resolve(words, host.facts, host.name))


def _of_that_name(host: DockerHost, spec: ContainerSpec) -> Container | None:
    return next((each for each in host.facts[CONTAINERS] if each.name == spec.name), None)


def _refuse_newcomer(host: DockerHost, now: Facts, before: Container | None, spec: ContainerSpec) -> None:
    """Raise Locked where somebody else took the name since we looked first."""
    there = next((each.id for each in now[CONTAINERS] if each.name == spec.name), "")
    if there and there != (before.id if before else ""):
        raise _taken(host, spec)


def _taken(host: DockerHost, spec: ContainerSpec) -> Locked:
    return Locked(f"{host.name}: somebody else has started {spec.name} meanwhile.", "Take another name: --name NAME")


def _keep(host: DockerHost, before: Container, spec: ContainerSpec) -> int:
    refuse_other(before, spec, host.name)
    how = "runs already" if before.lives else f"has run, and ended with {before.exit_code}"
    sys.stderr.write(f"{host.name}: {before.name} {how}: nothing to do. --recreate starts it anew.\n")
    return 0


def _require_free(host: DockerHost, facts: Facts, wanted: tuple[str, ...], spec: ContainerSpec) -> None:
    if not wanted:
        return
    others = tuple(each for each in facts[CONTAINERS] if each.name != spec.name)
    require_free(wanted, Site(host.facts[GPUS].uuids, others, host.facts[COMPUTE_APPS]), host.name)


def _start(host: DockerHost, spec: ContainerSpec, before: Container | None) -> None:
    """Raises ChangeFailed, UsageError where the image has no such program; then what was `before` is there again."""
    with replacing(host, spec.name, before):
        answer = run(host, run_argv(spec))
        if answer.code and name_taken(answer.errors):
            raise _taken(host, spec)
        if answer.code:
            raise ChangeFailed(
                f"{host.name}: Docker did not start {spec.image}: {answer.errors.strip() or answer.last}",
                f"`gpudock verify {host.name}` looks for the cause.",
            )
        _require_begun(host, spec)


def _require_begun(host: DockerHost, spec: ContainerSpec) -> None:
    """Raise UsageError where the image has no such program, which shows at once."""
    state = host.ask("docker", "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", spec.name).output.split()
    if state[:1] == ["exited"] and int(state[1]) in _NOT_THERE:
        said = host.ask("docker", "logs", spec.name).last
        raise UsageError(
            f"{host.name}: {spec.image} cannot run {spec.command[0]}: {said}",
            "Take an image that has it, or name it by its full path there. Nothing was started.",
        )


def _say_so(host: DockerHost, spec: ContainerSpec) -> int:
    sys.stdout.write(f"{spec.name}\n")
    on = f" --host {host.name}" if host.name != "localhost" else ""
    follow = host.typed(f"gpudock train.logs {spec.name} --follow{on}")
    sys.stderr.write(f"{host.name}: started. Follow it: {follow}\n")
    return 0
