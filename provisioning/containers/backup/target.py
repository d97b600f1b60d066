"""What a host has already of a container that shall be made there, and what of it is in the way."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.containers.backup.changing import source_of
from provisioning.containers.backup.manifest import Data, Manifest
from provisioning.containers.backup.secrets_anew import is_secret
from provisioning.containers.images import runs
from provisioning.containers.site import Person
from provisioning.containers.spec import Bind, ContainerSpec, Volume
from provisioning.errors import UnsupportedHost, UsageError
from provisioning.probe import Probe

_SNIPPET = r"""
has() { kind=$1; shift; docker "$kind" inspect "$1" >/dev/null 2>&1 && printf '%s %s\n' "$kind" "$1"; }
place() {
  kind=none; [ -e "$1" ] && kind=other; [ -f "$1" ] && kind=file; [ -d "$1" ] && kind=folder
  [ "$kind" = folder ] && [ -z "$(ls -A -- "$1")" ] && kind=empty
  printf '%s %s\n' "$kind" "$1"
}
awk '$4 == "0A" { split($2, at, ":"); print "port", at[2] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
"""


@dataclass(frozen=True)
class Target:
    """What is there of what was asked for."""

    containers: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    """Files, and folders with something in them."""
    missing: frozenset[str] = frozenset()
    """Paths that nothing is at."""
    ports: frozenset[int] = frozenset()
    """Which are listened on."""


def target_probe(spec: ContainerSpec, manifest: Manifest) -> Probe[Target]:
    """Return the question what a host has of `spec` already."""
    asked = [("container", spec.name), ("image", manifest.image.name)]
    asked += [("volume", mount.name) for mount in spec.mounts if isinstance(mount, Volume) and mount.name]
    asked += [("network", name) for name in (spec.network, *manifest.networks) if name and name not in ("host", "none")]
    lines = [f"has {kind} {shlex.quote(name)}" for kind, name in asked]
    lines += [f"place {shlex.quote(mount.source)}" for mount in spec.mounts if isinstance(mount, Bind)]
    return Probe("target", "\n".join([_SNIPPET, *lines, ":"]), parse)


def parse(text: str) -> Target:
    rows = [tuple(line.split(" ", 1)) for line in text.splitlines()]

    def of(*kinds: str) -> frozenset[str]:
        return frozenset(name for kind, name in rows if kind in kinds)

    return Target(
        containers=of("container"),
        volumes=of("volume"),
        networks=of("network"),
        images=of("image"),
        full=of("file", "folder", "other"),
        missing=of("none"),
        ports=frozenset(int(number, 16) for number in of("port")),
    )


def require_architecture(host: str, manifest: Manifest, person: Person) -> None:
    """Raise UnsupportedHost where the host's processor does not know the container's programs."""
    if not runs(manifest.image.architecture, person.arch, emulates=person.emulates):
        raise UnsupportedHost(
            f"{host} is {person.arch}, and {manifest.spec.name} was saved on a host of {manifest.image.architecture}.",
            "Restore it on such a host; its data is in the file as plain archives, for any.",
        )


def refuse_what_is_in_the_way(
    host: str, spec: ContainerSpec, data: Sequence[Data], target: Target, *, overwrite: bool
) -> None:
    """Raise UsageError where something of the host's would be lost or stands in the way; nothing was done yet."""
    if spec.name in target.containers:
        raise UsageError(
            f"{host}: there is a container {spec.name} already.", f"Give it another name: --name {spec.name}-restored"
        )
    for port in spec.ports:
        if port.host in target.ports:
            free = _free_port(port.host, target.ports)
            raise UsageError(f"{host}: port {port.host} is taken.", f"This one is free: --port {port.host}:{free}")
    taken = [each.volume or source_of(spec, each) for each in data if _is_there(each, spec, target)]
    if taken and not overwrite:
        raise UsageError(
            f"{host}: there is data already: {', '.join(taken)}.",
            "--overwrite puts the saved files over it; --volumes none leaves it as it is, and the container uses it;"
            " --volume OLD:NEW and --path OLD:NEW put the saved files elsewhere.",
        )
    for each in data:
        if each.is_file and posixpath.basename(source_of(spec, each)) != posixpath.basename(each.source):
            raise UsageError(f"--path: {each.source} is a file, and keeps its name.", "Name another folder for it.")
    filled = {source_of(spec, each) for each in data}
    for mount in spec.mounts:
        source = mount.source if isinstance(mount, Bind) else ""
        if source in target.missing - filled and not is_secret(source):
            raise UsageError(
                f"{host}: {source} is neither there nor in the backup.",
                f"Make it there, or name another path: --path {source}:PATH",
            )


def _is_there(data: Data, spec: ContainerSpec, target: Target) -> bool:
    return data.volume in target.volumes if data.volume else source_of(spec, data) in target.full


def _free_port(wanted: int, taken: frozenset[int]) -> int:
    candidates: list[int] = [*range(wanted + 1, 1 << 16), *range(1024, wanted)]
    return next(port for port in candidates if port not in taken)
