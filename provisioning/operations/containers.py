"""What the tasks about containers have in common: the host and its facts, and the docker command on it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from provisioning.containers import site
from provisioning.containers.asking import Answer, ask, listen
from provisioning.containers.images import Image, parse, pull_failure, require_architecture
from provisioning.engine import gather
from provisioning.operations.reaching import one_runner
from provisioning.operations.way_there import with_way
from provisioning.probe import Facts, Probe
from provisioning.runners.model import Access, ProgramRunner, leave
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class DockerHost:
    """One host with an engine that answers."""

    runner: ProgramRunner
    facts: Facts
    prefix: tuple[str, ...]
    """What must stand before `docker`: nothing, or sudo."""
    access: Access = field(default_factory=Access)
    """What led there."""

    @property
    def name(self) -> str:
        return self.runner.host

    @property
    def person(self) -> site.Person:
        return self.facts[site.PERSON]

    @property
    def published_at(self) -> str:
        """See `ProgramRunner`."""
        return self.runner.published_at

    def typed(self, text: str) -> str:
        """Return `text` with commands of ours as they lead there again."""
        return with_way(text, self.name, self.access)

    def ask(self, *argv: str, given: bytes = b"") -> Answer:
        """Run `docker …`, given whole, and return its answer."""
        return ask(self.runner, (*self.prefix, *argv), given)

    def ask_program(self, *argv: str, given: bytes = b"") -> Answer:
        """Run a program of the login user's own, given whole, and return its answer."""
        return ask(self.runner, argv, given)

    def attach(self, *argv: str, terminal: bool = False, interrupted: Callable[[], object] = leave) -> int:
        """Run `docker …` with our own standard streams."""
        return self.runner.attach((*self.prefix, *argv), terminal=terminal, interrupted=interrupted)


@contextmanager
def docker_host(targets: Targets, probes: Sequence[Probe[Any]] = ()) -> Iterator[DockerHost]:
    """Reach the one host of `targets` and read, in one trip, what every container needs and `probes`.

    Raises UsageError for several hosts, UnsupportedHost without an engine, AccessDenied where Docker is closed to us.
    """
    with one_runner(targets) as runner:
        yield docker_on(runner, probes, targets.access)


def docker_on(runner: ProgramRunner, probes: Sequence[Probe[Any]], access: Access) -> DockerHost:
    """The same, of a host that is reached already."""
    facts = gather(runner, (*site.PROBES, *probes))
    site.engine_of(facts, runner.host)
    return DockerHost(runner, facts, site.docker_prefix(facts, runner.host), access)


def require_image(host: DockerHost, probe: Probe[Image | None], name: str) -> Image:
    """Pull the image where the engine has it not, its progress on our standard error.

    Raises what the pull says, and UnsupportedHost for an image of another architecture.
    """
    image = host.facts[probe] or pull(host, name)
    require_architecture(image, name, host.person.arch, host.name, emulates=host.person.emulates)
    return image


def pull(host: DockerHost, name: str) -> Image:
    """Pull the image, whether the engine has it or not; return what came. Raises what the pull says."""
    answer = listen(host.runner, (*host.prefix, "docker", "pull", name), show_progress)
    if answer.code:
        raise pull_failure(host.name, name, answer.errors)
    image = inspected(host, name)
    if image is None:
        raise pull_failure(host.name, name, "it went again as soon as it was there")
    return image


def inspected(host: DockerHost, name: str) -> Image | None:
    """Return the image as the engine has it now."""
    answer = host.ask("docker", "image", "inspect", "--format", "{{json .}}", name)
    return parse(answer.output) if answer.code == 0 else None


def show_progress(chunk: bytes) -> None:
    """Pass on what a program says of its work, apart from what a script may want to read."""
    sys.stderr.write(chunk.decode(errors="replace"))
    sys.stderr.flush()


def warn(host: DockerHost, sentences: Iterable[str]) -> None:
    """Say what is risky or likely not meant, a line each."""
    for sentence in sentences:
        sys.stderr.write(f"warning: {host.name}: {sentence}\n")
