"""The containers of a host: show them, stop them, remove them, look inside."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone

from rich.table import Table

from provisioning.containers import reach
from provisioning.containers.choices import is_container_name
from provisioning.containers.existing import CONTAINERS, Container, named
from provisioning.containers.secret_files import SecretPlace
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.containers import DockerHost, docker_host
from provisioning.operations.showing import console
from provisioning.probe import Facts, UnknownFact
from provisioning.probes.driver import GPUS
from provisioning.tasks.targets import Targets

_SHELL = "command -v bash >/dev/null && exec bash; exec sh"


def show(targets: Targets, kind: str = "", *, ended: bool, as_json: bool) -> int:
    """Print the containers that run, with `ended` also those that do not; of one `kind`, or all."""
    with docker_host(targets, (CONTAINERS, GPUS)) as host:
        found = [c for c in host.facts[CONTAINERS] if (ended or c.lives) and (not kind or c.kind == kind)]
        indices = gpu_indices(host.facts)
        if as_json:
            sys.stdout.write(
                json.dumps([reach.document(each, indices, host.published_at) for each in found], indent=2) + "\n"
            )
            return 0
        _print(host, found, indices, ended=ended)
        return 0


def gpu_indices(facts: Facts) -> Mapping[str, int]:
    """Return the index of each GPU by its UUID; nothing where the driver does not answer."""
    try:
        return {uuid: index for index, uuid in enumerate(facts[GPUS].uuids)}
    except UnknownFact:
        return {}


def _print(host: DockerHost, found: list[Container], indices: Mapping[str, int], *, ended: bool) -> None:
    out, now = console(), datetime.now(timezone.utc)
    if not found:
        out.print(
            f"{host.name}: there is none{'' if ended else '; --all shows those that have ended too'}.", markup=False
        )
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "kind", "state", "image", "GPUs", "ports"):
        table.add_column(heading, overflow="fold")
    for each in found:
        ports = ", ".join(map(reach.port_text, each.ports))
        row = (each.name, each.kind or "-", reach.state_text(each, now), each.image)
        table.add_row(*row, reach.gpu_text(each, indices) or "-", ports or "-")
    out.print(table)
    for sentence in reach.exposures(found, host.published_at):
        out.print(f"! {sentence}", style="yellow", markup=False)


@contextmanager
def one_container(targets: Targets, name: str, kind: str = "") -> Iterator[tuple[DockerHost, Container]]:
    """Reach the host and find the container, of `kind` where that is given. Raises UsageError where it has none."""
    with docker_host(targets, (CONTAINERS,)) as host:
        among = [each for each in host.facts[CONTAINERS] if not kind or each.kind == kind]
        yield host, named(among, name, host.name)


def stop(targets: Targets, name: str, seconds: int, kind: str = "") -> int:
    """Ask it to end, and end it after `seconds`. Nothing to do where it does not run."""
    with one_container(targets, name, kind) as (host, container):
        if not container.lives:
            _say(f"{host.name}: {container.name} does not run ({container.state}).")
            return 0
        _do(host, "stop", f"--time={seconds}", container.id)
        _say(f"{host.name}: {container.name} is stopped; containers.rm removes it.")
        return 0


def remove(targets: Targets, name: str, *, force: bool) -> int:
    """Remove it with what it wrote outside its mounts, and its secret.

    Raises UsageError for one that runs, unless `force`; and where there is none, after removing the secret of one that
    was removed by hand.
    """
    with docker_host(targets, (CONTAINERS,)) as host:
        _forget_one_that_is_gone(host, name)
        there = host.facts[CONTAINERS]
        container = named(there, name, host.name)
        if container.lives and not force:
            raise UsageError(
                f"{host.name}: {container.name} runs.", "Stop it first with containers.stop, or add --force."
            )
        _do(host, "rm", "--force", container.id)
        host.ask_program(*SecretPlace(host.person.home, container.name).remove())
        _say(f"{host.name}: {container.name} is removed; its image, volumes and mounted folders are as they were.")
        return 0


def _forget_one_that_is_gone(host: DockerHost, name: str) -> None:
    if is_container_name(name) and all(each.name != name for each in host.facts[CONTAINERS]):
        host.ask_program(*SecretPlace(host.person.home, name).remove())


def look_inside(targets: Targets, name: str, command: tuple[str, ...]) -> int:
    """Run a shell in it, or `command`, and return the exit code. Raises UsageError for one that does not run."""
    with one_container(targets, name) as (host, container):
        if container.state != "running":
            verb = "unpause" if container.state == "paused" else "start"
            message = f"{host.name}: {container.name} does not run ({container.state})."
            raise UsageError(message, f"There: docker {verb} {container.name}")
        terminal = sys.stdin.isatty() and sys.stdout.isatty()
        how = ("--interactive", *(("--tty",) if terminal else ()))
        argv = command or ("sh", "-c", _SHELL)
        return host.attach("docker", "exec", *how, container.id, *argv, terminal=terminal)


def _do(host: DockerHost, *argv: str) -> None:
    answer = host.ask("docker", *argv)
    if answer.code:
        raise ChangeFailed(f"{host.name}: docker {argv[0]} failed: {answer.last}")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
