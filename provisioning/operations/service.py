"""A container with a web page: made or left as it is, reached, waited for, opened, taken down again."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from provisioning.command import Secret
from provisioning.containers.existing import CONTAINERS, Container, parse
from provisioning.containers.secret_files import SecretPlace
from provisioning.containers.service import Service, address, default_name, published_port
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.answering import Waiting, ended, prove_doors, until_it_answers
from provisioning.operations.containers import DockerHost, docker_on
from provisioning.operations.making import Wanted, find, made, stored, typed
from provisioning.operations.reaching import one_runner
from provisioning.operations.replacing import ENDING, do
from provisioning.operations.tunnel import say, stay
from provisioning.probe import Probe
from provisioning.runners.forwarding import PortPair
from provisioning.runners.model import Dialer
from provisioning.runners.tunnel import LOOPBACK, Tunnel, free_port, listen
from provisioning.tasks.targets import Targets


@dataclass(frozen=True)
class Opening:
    """How the person gets to the page."""

    port: int = 0
    """0: the container's own number, or a free one."""
    browser: bool = False
    detach: bool = False
    show: Callable[[str, Secret], str] = lambda url, _: url
    """What to print of an address and its token."""


@contextmanager
def service_host(
    targets: Targets, service: Service, name: str, probes: Sequence[Probe[Any]] = ()
) -> Iterator[tuple[Dialer, DockerHost, str]]:
    """Reach the one host of `targets`; give its connection, its engine, and the container's name: the usual for ''."""
    with one_runner(targets) as line:
        host = docker_on(line, (CONTAINERS, *probes), targets.access)
        yield line, host, name or default_name(service.kind, host.person.user)


def bring_up(line: Dialer, host: DockerHost, wanted: Wanted, opening: Opening) -> int:
    """Have the container run, wait until it answers, print its address, and hold the tunnel until Ctrl-C.

    Where it never answers, what was made is removed, and what was there before is back. Raises UsageError for a name
    or a port in use, ChangeFailed with the end of the log.
    """
    tunnel = Tunnel(line, say)
    try:
        with made(host, wanted) as token:
            url = _reach(tunnel, host, wanted, opening)
            waiting = Waiting(host, wanted.name, url, token)
            until_it_answers(waiting)
            prove_doors(waiting)
        return _present(tunnel, host, wanted, opening, opening.show(url, token))
    finally:
        tunnel.close()


def open_again(line: Dialer, host: DockerHost, wanted: Wanted, opening: Opening) -> int:
    """Reach the container that runs; see `bring_up`. Raises UsageError where there is none."""
    published_port(require(host, wanted.name, wanted.service), wanted.service.port, host.name)
    token = stored(host, wanted)
    tunnel = Tunnel(line, say)
    try:
        url = _reach(tunnel, host, wanted, opening)
        until_it_answers(Waiting(host, wanted.name, url, token))
        return _present(tunnel, host, wanted, opening, opening.show(url, token))
    finally:
        tunnel.close()


def take_down(host: DockerHost, name: str, service: Service) -> int:
    """Stop and remove the container and its secret. The project and what was installed in its home stay."""
    container = find(host, name, service)
    if container:
        do(host, "stop", f"--time={ENDING}", container.id)
        do(host, "rm", "--force", container.id)
    host.ask_program(*SecretPlace(host.person.home, name).remove())
    say(f"{host.name}: {name} is removed." if container else f"{host.name}: there is no {name}.")
    return 0


def show_log(host: DockerHost, name: str, service: Service, lines: int, *, follow: bool) -> int:
    """Print what the container said. Raises UsageError where there is none."""
    container = require(host, name, service)
    return host.attach("docker", "logs", f"--tail={lines}", *(("--follow",) if follow else ()), container.id)


def require(host: DockerHost, name: str, service: Service) -> Container:
    """Return the container of that name. Raises UsageError where there is none."""
    found = find(host, name, service)
    if found is None:
        there = ", ".join(each.name for each in host.facts[CONTAINERS] if each.kind == service.kind) or "none"
        raise UsageError(
            f"{host.name}: there is no {name}.", f"Make it: {service.task('up', host.name)}. It has: {there}."
        )
    return found


def published(host: DockerHost, port: int) -> tuple[int | None, str]:
    """Return the port and the address that the host publishes it at, when a person asks for `port`; 0 is any.

    At the end of a tunnel the person's port is this machine's.
    """
    return (port or None) if host.published_at else None, host.published_at or LOOPBACK


def refuse_taken(host: DockerHost, port: int) -> None:
    """Raise UsageError for a port of this machine that is taken, before an image is pulled."""
    if port and host.published_at in ("", LOOPBACK):
        listen(port).close()


def _reach(tunnel: Tunnel, host: DockerHost, wanted: Wanted, opening: Opening) -> str:
    """Return the address for this machine, at the end of a tunnel where the host has none for us."""
    name, inside = wanted.name, wanted.service.port
    answer = host.ask("docker", "inspect", "--type=container", "--format={{json .}}", name)
    container = next(iter(parse(answer.output)), None)
    if container is None:
        raise ChangeFailed(f"{host.name}: {name} is gone again: {answer.last}", "Somebody else removed it; try again.")
    if not container.lives:
        raise ended(host, name, str(container.exit_code))
    port = published_port(container, inside, host.name)
    if host.published_at:
        return address(port, host.published_at)
    local = opening.port or free_port(0 if opening.detach else inside)
    tunnel.open([PortPair(local, port)])
    return address(local)


def _present(tunnel: Tunnel, host: DockerHost, wanted: Wanted, opening: Opening, shown: str) -> int:
    tunnelled = not host.published_at
    name, url, down = wanted.name, typed(host, wanted, "url"), typed(host, wanted, "down")
    if tunnelled and opening.detach:
        say(f"{host.name}: {name} runs. `{url}` leads to it, `{down}` ends it.")
        return 0
    sys.stdout.write(shown + "\n")
    sys.stdout.flush()
    if opening.browser:
        webbrowser.open(shown.split(maxsplit=1)[0])
    if tunnelled:
        stay(tunnel)
        say(f"{host.name}: {name} goes on. `{url}` leads to it again, `{down}` ends it.")
    return 0
