"""The lab as a whole: prepare it, raise hosts, take them down, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab import access, boot, host, network, releases, services
from lab.base import base_tree
from lab.built import forget_unused
from lab.debian import find_mirror, remember_mirror
from lab.gpu.profiles import profile
from lab.limits import raise_limits, restore_limits
from lab.lock import locked
from lab.machine import install_programs, installed_programs, make_state, remove_state, require_machine
from lab.model import Endpoints, Host
from lab.parts import ENGINE_KEY, TOOLKIT_KEY, engine_source, fill_registry, registry_programs, toolkit_source
from lab.places import BASES, LOCK, PACKAGES, SSH_CONFIG
from lab.releases import DEFAULT, Release
from provisioning.errors import UsageError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What hosts stand on: the network, and the directories of both package sources and of the base tree."""

    network: network.Network
    toolkit: Path
    engine: Path
    base: Path


def prepare(say: Say, mirror: str | None = None, release: str = DEFAULT) -> Endpoints:
    """Make all that hosts need and say where it is: quick when everything is there and runs.

    `mirror` is a Debian mirror's URL, needed where this machine's apt has none.
    Raises LabUnavailable where the lab cannot run, UsageError for an unknown release.
    """
    chosen = releases.named(release)
    require_machine()
    with locked(say):
        return _endpoints(_ground(say, mirror, chosen))


def up(names: Sequence[str], *, release: str = DEFAULT, gpu: str = "none", say: Say) -> list[Host]:
    """Raise hosts with these names, all at once; those that run already are returned as they are.

    A host that exists but does not run (the machine was restarted) is booted again, its disk as it was.
    Raises UsageError for a bad name, release or profile, or when a name belongs to a host of another kind.
    """
    profile(gpu)
    chosen = releases.named(release)
    for name in names:
        host.validate(name)
    require_machine()
    with locked(say):
        ground = _ground(say, None, chosen)
        for name in dict.fromkeys(names):
            _ensure(name, release, gpu, ground)
        wanted = [each for each in host.known() if each.name in names]
        access.publish(host.known(), host.public_keys())
        for each in wanted:
            host.start(each)
    # Waiting changes nothing: others may use the lab meanwhile.
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(host.wait, wanted))
    return sorted(wanted, key=lambda each: list(names).index(each.name))


def down(names: Sequence[str], say: Say) -> None:
    """Stop these hosts and remove all that is theirs; a name that no host has is no error."""
    require_machine()
    make_state()
    with locked(say), ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(host.remove, names))
        access.publish(host.known(), host.public_keys())


def purge(say: Say) -> None:
    """Remove every trace of the lab from this machine, but for packages it installed: those it names."""
    require_machine()
    with locked(say):
        installed = installed_programs()
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(host.remove, host.names()))
        services.stop_all()
        network.disconnect()
        restore_limits()
        boot.clear_away_all()
        remove_state()
        LOCK.unlink()
    say("Nothing is left of the lab on this machine.")
    if installed:
        listed = " ".join(installed)
        say(f"Packages it had installed here stay. To remove them: apt-get purge --auto-remove {listed}")


def hosts() -> list[Host]:
    """Return all hosts that exist, whether they run or not (`is_up` tells)."""
    return host.known()


def ssh_config() -> Path:
    """Return the OpenSSH client configuration with a block for every host."""
    return SSH_CONFIG


def _ground(say: Say, mirror: str | None, release: Release) -> _Ground:
    make_state()
    install_programs(say)
    access.make_key(access.IDENTITY, "gpudock lab")
    public_key = access.IDENTITY.with_suffix(".pub").read_text()
    debian = find_mirror(mirror, say)
    net = network.connect()
    raise_limits()
    address = str(net.gateway)
    with ThreadPoolExecutor() as pool:
        base = pool.submit(base_tree, release.debian, debian, public_key, say)
        registry_programs(debian, releases.named(DEFAULT).debian, say)
        ground = _Ground(net, toolkit_source(say), engine_source(debian, release.debian, say), base.result())
    services.ensure_all_running(address)
    fill_registry(address, say)
    remember_mirror(debian)
    if not host.names():  # what a host uses may be older than a day
        forget_unused([BASES, PACKAGES], keep=[ground.base, ground.engine, ground.toolkit])
    return ground


def _endpoints(ground: _Ground) -> Endpoints:
    packages = f"http://{ground.network.gateway}:{services.PACKAGES_PORT}"
    return Endpoints(
        docker_source=f"{packages}/{ground.engine.name}",
        docker_key=ground.engine / ENGINE_KEY,
        toolkit_source=f"{packages}/{ground.toolkit.name}/libnvidia-container",
        toolkit_key=ground.toolkit / TOOLKIT_KEY,
        registry_mirror=f"http://{ground.network.gateway}:{services.REGISTRY_PORT}",
    )


def _ensure(name: str, release: str, gpu: str, ground: _Ground) -> None:
    existing = {each.name: each for each in host.known()}
    if name not in existing:
        address = network.free_address(ground.network.subnet, (each.address for each in existing.values()))
        host.create(Host(name, address, release, gpu), ground.base, ground.network)
    elif (existing[name].release, existing[name].gpu) != (release, gpu):
        found = existing[name]
        raise UsageError(
            f"Lab host {name} exists already, with release {found.release} and GPU {found.gpu}.",
            f"Choose another name, or remove it first: ./gpudock lab.down {name}",
        )
