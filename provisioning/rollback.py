"""Plans that take back what earlier runs did: files, packages, holds, groups and services, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioning import daemon_json, data_root
from provisioning.command import command
from provisioning.errors import UsageError
from provisioning.history import PastChange, PastRun, standing
from provisioning.plan import Change, PackageChange, Plan

CONTAINERD_DATA = "/var/lib/containerd"


def take_back(host: str, runs: Sequence[PastRun], how_many: int = 1) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan that takes back the newest runs that still stand, and their ids.

    Raises UsageError where there is nothing to take back.
    """
    chosen = standing(runs)[:how_many]
    if not chosen:
        raise UsageError(f"{host}: there is nothing to take back.", "See what was done: ./gpudock history HOST")
    done = [(run, past) for run in chosen for past in reversed(run.changes)]
    with_packages = [past for _, past in done if past.added or past.packages]
    changes: list[Change] = []
    for run, past in done:
        if with_packages and past is with_packages[-1]:
            # Before the sources are back: those of before may disagree on a key, and then apt does nothing any more.
            changes += [*_purge(with_packages), *_reinstall(with_packages)]
        changes += _back(run, past)
    told = tuple(f"this takes back the run {run.id}, which {run.by} began" for run in chosen)
    return Plan((*changes, *_restart(done, with_packages)), told), tuple(run.id for run in chosen)


def naming_stops(plan: Plan, running: tuple[str, ...]) -> Plan:
    """Return `plan` with the running containers named at the changes that stop the engine."""
    changes = (replace(each, stops=running) if _stops_engine(each) else each for each in plan.changes)
    return replace(plan, changes=tuple(changes))


def _stops_engine(change: Change) -> bool:
    words = {word.partition("=")[0] for command in change.commands for word in command.argv}
    return bool(words & {"docker-ce", "containerd.io", "gd_engine"})


def nothing_left() -> Plan:
    return Plan(notices=("gpudock has left nothing here that could be taken back",))


def purge_data(root: str) -> Change:
    """Return the change that deletes every image, container and volume. `root`: where the engine keeps them."""
    return Change(
        f"Delete all images, containers and volumes ({root}, {CONTAINERD_DATA})",
        (
            command("gd_try", "systemctl", "stop", "docker.socket", "docker.service", "containerd.service"),
            command("gd_empty" if root == data_root.DEFAULT else "gd_empty_root", root),
            command("gd_empty", CONTAINERD_DATA),
        ),
    )


def _back(run: PastRun, past: PastChange) -> Iterator[Change]:
    files = [command("gd_put_back", file.path, run.id, file.before, file.after) for file in reversed(past.files)]
    back = [command("gd_try", *argv) for argv in past.back] if past.code == 0 or past.added else []
    commands = (*files, *back)
    if commands:
        yield Change(f"Take back: {past.sentence}", commands)


def _purge(changes: Sequence[PastChange]) -> Iterator[Change]:
    added = _added(changes)
    if added:
        removed = tuple(PackageChange(name, "installed", "absent") for name in added)
        yield Change("Remove the packages that gpudock installed", (command("gd_purge", *added),), packages=removed)


def _reinstall(changes: Sequence[PastChange]) -> Iterator[Change]:
    """Go back to what was there before the oldest of `changes` (they come last)."""
    added = _added(changes)
    before = {name: version for past in changes for name, version in past.packages if version and name not in added}
    if before:
        pairs = [f"{name}={version}" for name, version in before.items()]
        earlier = tuple(PackageChange(name, "installed", version) for name, version in before.items())
        yield Change("Install the versions of before", (command("gd_reinstall", *pairs),), packages=earlier)


def _added(changes: Sequence[PastChange]) -> list[str]:
    return list(dict.fromkeys(name for past in changes for name in past.added))


def _restart(done: Sequence[tuple[PastRun, PastChange]], with_packages: Sequence[PastChange]) -> list[Change]:
    """Docker reads daemon.json when it starts; where it is removed there is nothing to start."""
    rewritten = any(file.path == daemon_json.PATH for _, past in done for file in past.files)
    if not rewritten or "docker-ce" in _added(with_packages):
        return []
    return [Change("Restart Docker with the daemon.json of before", (command("gd_engine", "restart"),))]
