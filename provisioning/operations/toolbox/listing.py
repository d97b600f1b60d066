"""List the shares of a VM, and say where a path of this machine is in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.table import Table
from rich.text import Text

from provisioning.operations import showing
from provisioning.operations.toolbox.looking import opened
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.toolbox.forms import this_shell, written
from provisioning.toolbox.paths import host_path
from provisioning.toolbox.translate import in_vm, mount_points


@dataclass(frozen=True)
class Row:
    """One share, as people and programs are told of it."""

    host_path: str
    name: str
    mount_points: tuple[str, ...]
    """Where it is mounted, or will be when the VM starts."""
    kind: str
    writable: bool
    mounted: bool | None
    """None while the VM does not run."""
    folder_exists: bool
    due: bool
    """Something of it waits for the VM to be off, or to run."""


def listed(place: Workplace, name: str) -> list[Row]:
    """Return a row for each share. Raises GpudockError."""
    machine = opened(place, name).machine
    return [
        Row(
            host_path=share.host_path,
            name=share.name,
            mount_points=tuple(mount_points(machine, share)),
            kind="transient" if share.transient else "permanent",
            writable=share.writable,
            mounted=bool(mount_points(machine, share)) if machine.guest else None,
            folder_exists=place.files.is_folder(share.host_path),
            due=share.name in machine.wishes and machine.wishes[share.name].due,
        )
        for share in machine.shares
    ]


def show(rows: Sequence[Row], *, as_json: bool) -> None:
    """Print the shares."""
    if as_json:
        sys.stdout.write(json.dumps({"schema": 1, "shares": [asdict(row) for row in rows]}, indent=2) + "\n")
        return
    if not rows:
        sys.stdout.write("The VM has no share. Make one: ./gpudock toolbox.share FOLDER\n")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("host path", "share", "in the VM", "kind", "access", "mounted", "folder"):
        table.add_column(title)
    for row in rows:
        table.add_row(*map(Text, _cells(row)))
    showing.console().print(table)


def _cells(row: Row) -> tuple[str, ...]:
    mounted = {True: "yes", False: "no", None: "VM is not running"}[row.mounted]
    return (
        row.host_path,
        row.name,
        ", ".join(row.mount_points) or "nowhere",
        row.kind + (", more to do" if row.due else ""),
        "read and write" if row.writable else "read-only",
        mounted,
        "there" if row.folder_exists else "gone",
    )


def translated(place: Workplace, name: str, path: str, form: str, *, settle: bool = True) -> str:
    """Return where a path of this machine is in the VM, as that shell takes it. Raises GpudockError.

    `settle`: what an earlier command left for later is done where it can be.
    """
    form = form or this_shell(place.here)
    written("/", form)  # an unknown form is refused before VirtualBox is asked
    whole = host_path(path, place.here)
    folder = place.here.parent(whole) if place.files.is_file(whole) else whole
    return written(in_vm(whole, opened(place, name, settle=settle).machine, place.here, folder), form)
