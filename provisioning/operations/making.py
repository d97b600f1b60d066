"""Have a container run that was asked for: leave it, start it, make it, or replace it; and take that back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from provisioning.command import Secret
from provisioning.containers.engine_words import name_taken
from provisioning.containers.existing import CONTAINERS, Container
from provisioning.containers.rendering import run_argv
from provisioning.containers.sameness import refuse_other, stamped
from provisioning.containers.secret_files import SecretPlace
from provisioning.containers.service import Service, default_name
from provisioning.containers.spec import ContainerSpec
from provisioning.errors import ChangeFailed, Locked, UsageError
from provisioning.operations.containers import DockerHost
from provisioning.operations.replacing import do, replacing, start
from provisioning.operations.starting_alone import starting_alone


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
    renewed: bool = False
    """A container that replaces another one gets a token of its own."""

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def token(self) -> Secret:
        return self.spec.secrets[0].secret


@contextmanager
def made(host: DockerHost, wanted: Wanted) -> Iterator[Secret]:
    """Have the container run, and give its token. When the body fails, the host is as it was."""
    found = find(host, wanted.name, wanted.service)
    if found and not wanted.recreate:
        refuse_other(found, wanted.spec, host.name)
        if not found.lives:
            do(host, "start", found.id)
        yield stored(host, wanted)
    elif found:
        wanted.pull()
        # The address stays the same, also when the old one comes back.
        token = wanted.token if wanted.renewed else stored(host, wanted)
        with replacing(host, wanted.name, found):
            _run(host, wanted, token)
            yield token
    else:
        wanted.pull()
        try:
            with _starting_alone_if_possible(host):
                _refuse_newcomer(host, wanted)
                _run(host, wanted, wanted.token)
            yield wanted.token
        except Locked:
            raise  # the container of that name is somebody else's
        except BaseException:
            host.ask("docker", "rm", "--force", wanted.name)
            host.ask_program(*SecretPlace(host.person.home, wanted.name).remove())
            raise


def find(host: DockerHost, name: str, service: Service) -> Container | None:
    """Return the container of that name. Raises UsageError for one of another kind."""
    found = next((each for each in host.facts[CONTAINERS] if each.name == name), None)
    if found and found.kind != service.kind:
        what = f"a container of {found.kind}" if found.kind else "a container that is not gpudock's"
        raise UsageError(f"{host.name}: {name} is the name of {what}.", "Take another one: --name NAME")
    return found


def stored(host: DockerHost, wanted: Wanted) -> Secret:
    """Return the token of the container that is there. Raises ChangeFailed where its file is gone."""
    answer = host.ask_program(*SecretPlace(host.person.home, wanted.name).read())
    try:
        return wanted.read(answer.output)
    except ValueError as gone:
        raise ChangeFailed(
            f"{host.name}: the secret of {wanted.name} is gone ({answer.last}).",
            f"Make it anew: {typed(host, wanted, 'down')}, then {typed(host, wanted, 'up')}",
        ) from gone


def typed(host: DockerHost, wanted: Wanted, verb: str) -> str:
    """Return one of the container's tasks as a person types it."""
    usual = wanted.name == default_name(wanted.service.kind, host.person.user)
    return host.typed(wanted.service.task(verb, host.name, "" if usual else wanted.name))


@contextmanager
def _starting_alone_if_possible(host: DockerHost) -> Iterator[None]:
    """Without flock there, two starts at once are told apart by the name alone, and one may need a second try."""
    with ExitStack() as lock:
        with suppress(ChangeFailed):
            lock.enter_context(starting_alone(host))
        yield


def _refuse_newcomer(host: DockerHost, wanted: Wanted) -> None:
    """Raise Locked where somebody made a container of that name since we looked first, before its token is replaced."""
    if host.ask("docker", "inspect", "--type=container", "--format={{.Id}}", wanted.name).code == 0:
        raise _taken(host, wanted)


def _taken(host: DockerHost, wanted: Wanted) -> Locked:
    return Locked(
        f"{host.name}: somebody else has started {wanted.name} meanwhile.",
        f"Lead there: {typed(host, wanted, 'url')}; or take another name: --name NAME",
    )


def _run(host: DockerHost, wanted: Wanted, token: Secret) -> None:
    text = wanted.write(token).reveal().encode()
    kept = host.ask_program(*SecretPlace(host.person.home, wanted.name).store(wanted.folders), given=text)
    if kept.code:
        raise ChangeFailed(f"{host.name}: nothing can be kept in your home there: {kept.last}")
    answer = start(host, run_argv(stamped(wanted.spec)))
    if answer.code and name_taken(answer.errors):
        raise _taken(host, wanted)
    if answer.code:
        raise ChangeFailed(f"{host.name}: {wanted.name} does not start: {answer.last}")
