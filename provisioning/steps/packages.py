"""Both vendors' packages, in one apt transaction; what was asked for by version is held, what lost files gets them."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning import gpu
from provisioning.command import Command, command
from provisioning.package_source import PackageSource
from provisioning.plan import Change, PackageChange
from provisioning.probe import Facts
from provisioning.probes.apt import DPKG_STATE
from provisioning.probes.engine import DAEMON
from provisioning.probes.login import LOGIN
from provisioning.probes.packages import APT_LISTS, PACKAGES
from provisioning.probes.tenants import TENANTS
from provisioning.selection import Selected, selected, to_hold, to_reinstall, vendors
from provisioning.settings import Settings
from provisioning.step import Step
from provisioning.steps import docker_repository, nvidia_repository

# Held packages are changed too: it was asked for, or they do not work together; and the plan says so.
FLAGS = ("--allow-downgrades", "--allow-change-held-packages")


def changes(facts: Facts, settings: Settings) -> list[Change]:
    wanted, lost = selected(facts, settings), to_reinstall(facts, settings)
    return [
        *(_install(facts, settings, wanted) if wanted else ()),
        *(_reinstall(facts, settings, lost) if lost else ()),
        *_hold(facts, settings),
    ]


def _install(facts: Facts, settings: Settings, wanted: list[Selected]) -> Iterator[Change]:
    flags = FLAGS if any(each.before or each.version for each in wanted) else ()
    names = [f"{each.name}={each.version}" if each.version else each.name for each in wanted]
    yield Change(
        f"Install {_title(facts, settings, [each.name for each in wanted])}",
        (*_refresh(facts, settings), command("gd_install", *flags, *names), *_started_again(facts)),
        packages=tuple(PackageChange(each.name, each.before, each.version or "newest") for each in wanted),
        back=() if facts[LOGIN].docker_group_exists else (command("groupdel", "docker"),),
        stops=_stopped(facts, wanted),
        hint="Once apt's complaint is mended, run the same command again: it goes on from here.",
    )


def _reinstall(facts: Facts, settings: Settings, lost: list[Selected]) -> Iterator[Change]:
    """To apt a package is there whatever became of its files."""
    gone = facts[DPKG_STATE].gone
    names = [f"{each.name}={each.version}" for each in lost]
    yield Change(
        "Install again what has lost files: "
        + "; ".join(f"{each.name} ({', '.join(gone[each.name])})" for each in lost),
        (*_refresh(facts, settings), command("gd_install", "--reinstall", *FLAGS, *names)),
        stops=_stopped(facts, lost),
        hint=f"Where no source has that version any more, take the newest: apt-get install {lost[0].name}",
    )


def _stopped(facts: Facts, wanted: list[Selected]) -> tuple[str, ...]:
    """The engine's package restarts it when it replaces an older one."""
    engine = facts[DAEMON].engine
    replaced = any(each.name == "docker-ce" and each.before for each in wanted)
    return engine.running if replaced and engine and not engine.live_restore else ()


def _started_again(facts: Facts) -> Iterator[Command]:
    """What stopped together with the containerd of before finds the new one in its place."""
    if "containerd.io" not in facts[PACKAGES] and facts[TENANTS].of_containerd:
        yield command("gd_start_again", *facts[TENANTS].of_containerd)


def _hold(facts: Facts, settings: Settings) -> Iterator[Change]:
    names = to_hold(facts, settings)
    if names:
        release = (command("gd_patiently", "apt-mark", "unhold", *names),)
        hold = command("gd_patiently", "apt-mark", "hold", *names)
        yield Change(f"Hold {', '.join(names)}", (hold,), undo=release, back=release)


def _title(facts: Facts, settings: Settings, names: list[str]) -> str:
    """Return `Docker` for all of Docker's packages, and the names where only some are concerned."""
    whole = [vendor for vendor in vendors(facts, settings) if set(vendor.packages) <= set(names)]
    rest = [name for name in names if not any(name in vendor.packages for vendor in whole)]
    return " and ".join(filter(None, [*(vendor.title for vendor in whole), ", ".join(rest)]))


def sources(facts: Facts, settings: Settings) -> list[PackageSource]:
    """Return the vendors' sources that this host shall have."""
    docker = docker_repository.source(facts, settings)
    return [docker, nvidia_repository.source(facts, settings)] if gpu.wanted(facts, settings) else [docker]


def _refresh(facts: Facts, settings: Settings) -> Iterator[Command]:
    ours = sources(facts, settings)
    if not _has_distribution_lists(facts[APT_LISTS], ours):
        yield command("gd_update")
    yield from (command("gd_refresh", source.file, source.lists) for source in ours)


def _has_distribution_lists(lists: frozenset[str], ours: list[PackageSource]) -> bool:
    names = tuple(source.lists for source in ours)
    return any("_Packages" in name and not name.startswith(names) for name in lists)


STEP = Step("packages", changes, needs=("conflicts", "docker_repository", "nvidia_repository", "toolkit_origin"))
