"""A container with a web page: made or left as it is, reached, waited for, opened, taken down again."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers.existing import CONTAINERS, Container, parse
from provisioning.containers.rendering import run_argv
from provisioning.containers.sameness import refuse_other, stamped
from provisioning.containers.secret_files import SecretPlace
from provisioning.containers.service import Service, address, published_port
from provisioning.containers.spec import ContainerSpec
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.answering import Waiting, ended, prove_doors, until_it_answers
from provisioning.operations.containers import DockerHost
from provisioning.operations.tunnel import say, stay
from provisioning.runners.forwarding import PortPair
from provisioning.runners.model import Dialer
from provisioning.runners.tunnel import Tunnel, free_port

ENDING = 10
"""Seconds that a server has to end."""


@dataclass(frozen=True)
class Wanted:
    """A container that shall run, and what is in the file of its secret."""

    service: Service
    spec: ContainerSpec
    write: Callable[[Secret], Secret]
    """From the token to the text of the file."""
    read: Callable[[str], Secret]
    """And back. Raises ValueError."""
    pull: Callable[[], object]
    folders: tuple[str, ...] = ()
    """Folders of the host that it mounts and that are made where they are not there."""
    recreate: bool = False

    @property
    def name(self) -> str:
        return self.spec.name


@dataclass(frozen=True)
class Opening:
    """How the person gets to the page."""

    port: int = 0
    """Of this machine; 0: the container's own number, or a free one."""
    browser: bool = False
    detach: bool = False
    remote: bool = False
    """The host is another machine."""
    show: Callable[[str, Secret], str] = lambda url, _: url
    """What to print of an address and its token."""


def bring_up(line: Dialer, host: DockerHost, wanted: Wanted, opening: Opening) -> int:
    """Have the container run, wait until it answers, print its address, and hold the tunnel until Ctrl-C.

    Where it never answers, what was made is removed, and what was there before is back. Raises UsageError for a name
    or a port in use, ChangeFailed with the end of the log.
    """
    tunnel = Tunnel(line, say)
    try:
        with _made(host, wanted) as token:
            url = _reach(tunnel, host, wanted.service, wanted.name, opening)
            waiting = Waiting(host, wanted.name, url, token)
            until_it_answers(waiting)
            prove_doors(waiting)
        return _present(tunnel, host, wanted, opening, opening.show(url, token))
    finally:
        tunnel.close()


def open_again(line: Dialer, host: DockerHost, wanted: Wanted, opening: Opening) -> int:
    """Reach the container that runs; see `bring_up`. Raises UsageError where there is none."""
    published_port(require(host, wanted.name, wanted.service), wanted.service.port, host.name)
    token = _stored(host, wanted)
    tunnel = Tunnel(line, say)
    try:
        url = _reach(tunnel, host, wanted.service, wanted.name, opening)
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


def find(host: DockerHost, name: str, service: Service) -> Container | None:
    """Return the container of that name. Raises UsageError for one of another kind."""
    found = next((each for each in host.facts[CONTAINERS] if each.name == name), None)
    if found and found.kind != service.kind:
        what = f"a container of {found.kind}" if found.kind else "a container that is not gpudock's"
        raise UsageError(f"{host.name}: {name} is the name of {what}.", "Take another one: --name NAME")
    return found


def require(host: DockerHost, name: str, service: Service) -> Container:
    """Return the container of that name. Raises UsageError where there is none."""
    found = find(host, name, service)
    if found is None:
        there = ", ".join(each.name for each in host.facts[CONTAINERS] if each.kind == service.kind) or "none"
        raise UsageError(
            f"{host.name}: there is no {name}.", f"Make it: gpudock {service.kind}.up. Of that kind it has: {there}."
        )
    return found


def do(host: DockerHost, *argv: str) -> None:
    """Run `docker …`. Raises ChangeFailed with its last words."""
    answer = host.ask("docker", *argv)
    if answer.code:
        raise ChangeFailed(f"{host.name}: docker {argv[0]} failed: {answer.last}")


@contextmanager
def _made(host: DockerHost, wanted: Wanted) -> Iterator[Secret]:
    """Have the container run, and give its token. When the body fails, the host is as it was."""
    found = find(host, wanted.name, wanted.service)
    if found and not wanted.recreate:
        refuse_other(found, wanted.spec, host.name)
        if not found.lives:
            do(host, "start", found.id)
        yield _stored(host, wanted)
    elif found:
        wanted.pull()
        token = _stored(host, wanted)  # the address stays the same, also when the old one comes back
        with _set_aside(host, found):
            _run(host, wanted, token)
            yield token
    else:
        wanted.pull()
        token = wanted.spec.secrets[0].secret
        try:
            _run(host, wanted, token)
            yield token
        except BaseException:
            host.ask("docker", "rm", "--force", wanted.name)
            host.ask_program(*SecretPlace(host.person.home, wanted.name).remove())
            raise


def _run(host: DockerHost, wanted: Wanted, token: Secret) -> None:
    text = wanted.write(token).reveal().encode()
    stored = host.ask_program(*SecretPlace(host.person.home, wanted.name).store(), given=text)
    if not stored.code and wanted.folders:
        stored = host.ask_program("mkdir", "-p", *wanted.folders)
    if stored.code:
        raise ChangeFailed(f"{host.name}: the secret cannot be stored there: {stored.last}")
    answer = host.ask(*run_argv(stamped(wanted.spec)))
    if answer.code:
        raise ChangeFailed(f"{host.name}: {wanted.name} does not start: {answer.last}")


@contextmanager
def _set_aside(host: DockerHost, container: Container) -> Iterator[None]:
    """Stop the container and free its name; remove it when the body went well, else have it as it was."""
    do(host, "stop", f"--time={ENDING}", container.id)
    do(host, "rename", container.id, f"{container.name}-before")
    try:
        yield
    except BaseException:
        host.ask("docker", "rm", "--force", container.name)
        do(host, "rename", container.id, container.name)
        if container.lives:
            do(host, "start", container.id)
        raise
    do(host, "rm", "--force", container.id)


def _stored(host: DockerHost, wanted: Wanted) -> Secret:
    answer = host.ask_program(*SecretPlace(host.person.home, wanted.name).read())
    try:
        return wanted.read(answer.output)
    except ValueError as gone:
        raise ChangeFailed(
            f"{host.name}: the secret of {wanted.name} is gone ({answer.last}).",
            f"Make it anew: gpudock {wanted.service.kind}.down, then gpudock {wanted.service.kind}.up",
        ) from gone


def _reach(tunnel: Tunnel, host: DockerHost, service: Service, name: str, opening: Opening) -> str:
    """Return the address on this machine, at the end of a tunnel where the host is another one."""
    [container] = parse(host.ask("docker", "inspect", "--type=container", "--format={{json .}}", name).output)
    if not container.lives:
        raise ended(host, name, str(container.exit_code))
    port = published_port(container, service.port, host.name)
    if not opening.remote:
        return address(port)
    local = opening.port or free_port(0 if opening.detach else service.port)
    tunnel.open([PortPair(local, port)])
    return address(local)


def _present(tunnel: Tunnel, host: DockerHost, wanted: Wanted, opening: Opening, shown: str) -> int:
    kind, name = wanted.service.kind, wanted.name
    if opening.remote and opening.detach:
        say(f"{host.name}: {name} runs. `gpudock {kind}.url` leads to it, `gpudock {kind}.down` ends it.")
        return 0
    sys.stdout.write(shown + "\n")
    sys.stdout.flush()
    if opening.browser:
        webbrowser.open(shown.split(maxsplit=1)[0])
    if opening.remote:
        stay(tunnel)
        say(f"{host.name}: {name} goes on. `gpudock {kind}.url` leads to it again, `gpudock {kind}.down` ends it.")
    return 0
