"""List the images of a host, show how one was built, and remove those that nothing needs."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from provisioning.containers import inventory, loading
from provisioning.containers.exposed import mask
from provisioning.containers.inventory import IMAGES, USERS, Listed
from provisioning.containers.sizes import megabytes
from provisioning.errors import ChangeFailed
from provisioning.operations.asking import answer
from provisioning.operations.containers import DockerHost, docker_host
from provisioning.operations.image_checking import steps
from provisioning.operations.showing import console
from provisioning.tasks.targets import Targets


def list_images(targets: Targets, *, as_json: bool) -> None:
    """Show all images, newest first, and the containers that have them."""
    with docker_host(targets, (IMAGES, USERS)) as host:
        images, users = host.facts[IMAGES], host.facts[USERS]
    if as_json:
        sys.stdout.write(json.dumps([_document(each, users) for each in images], indent=2) + "\n")
    elif images:
        console().print(_table(images, users))
    else:
        console().print(f"{host.name} has no images.", markup=False)


def _document(image: Listed, users: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        **{"id": image.id, "names": image.names, "size": image.size, "created": image.created},
        **{"architecture": image.architecture, "containers": users.get(image.id, ())},
    }


def _table(images: Sequence[Listed], users: Mapping[str, Sequence[str]]) -> Table:
    table = Table("image", "id", "size", "created", "containers", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for each in images:
        name = "\n".join(each.names) or "(no name any more)"
        short = each.id.removeprefix("sha256:")[:12]
        table.add_row(name, short, megabytes(each.size), each.created[:10], ", ".join(users.get(each.id, ())))
    return table


def show_history(targets: Targets, name: str, *, as_json: bool) -> None:
    """Show the steps that built an image, whole, the first one first; what looks like a secret is masked."""
    with docker_host(targets) as host:
        found = steps(host, name)
    if as_json:
        rows = [{"step": mask(step.text), "size": step.size, "created": step.created} for step in found]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    table = Table("", "size", "", "step", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, step in enumerate(found, 1):
        table.add_row(str(number), step.size, step.created, _lines(mask(step.text)))
    console().print(table)


def _lines(step: str) -> str:
    """Break a step where its author would have: long ones are several commands."""
    return step.replace(" && ", "\n  && ").replace(";     ", ";\n  ").replace("\t", " ")


def prune(targets: Targets, *, every: bool, yes: bool, dry_run: bool) -> None:
    """Show what goes, ask, and remove exactly that. Raises ChangeFailed where the engine keeps something."""
    with docker_host(targets, (IMAGES, USERS, loading.ENGINE_ROOM)) as host:
        images, users = host.facts[IMAGES], host.facts[USERS]
        gone, out = inventory.unneeded(images, users, every=every), console()
        if not gone:
            more = "" if every else " without a name; --all looks at those with one too"
            out.print(f"{host.name} has no image that no container needs{more}.", markup=False)
            return
        out.print(_table(gone, users))
        size = megabytes(sum(each.size for each in gone))
        out.print(f"{len(gone)} image(s) of {host.name}, {size}, layers that others share among them.", markup=False)
        argv = ("docker", "image", "rm", *(word for image in gone for word in image.words))
        if dry_run:
            sys.stdout.write(f"{shlex.join((*host.prefix, *argv))}\n")
        elif yes or answer(out, "Remove them? [y/N] ") in ("y", "yes"):
            _remove(host, argv)


def _remove(host: DockerHost, argv: tuple[str, ...]) -> None:
    before, said = host.facts[loading.ENGINE_ROOM], host.ask(*argv)
    after = loading.ENGINE_ROOM.parse(host.ask("sh", "-c", loading.ENGINE_ROOM.snippet).output)
    room = f"; {megabytes(after - before)} more are free now" if after > before >= 0 else ""
    if said.code:
        left = "\n".join(f"  {line}" for line in said.errors.splitlines() if line.strip())
        raise ChangeFailed(f"{host.name}: the engine kept some{room}:\n{left}")
    console().print(f"Removed{room}.", markup=False)
