"""Show what backups hold, and whether they are as they were saved."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from provisioning.containers.archive import PART
from provisioning.containers.backup import telling
from provisioning.containers.backup.record import to_document
from provisioning.errors import UsageError
from provisioning.operations.backup import reading
from provisioning.operations.backup.reading import Backup


def verify(path: Path) -> None:
    """Read every byte of a backup, and say what it holds. Raises UsageError where it is not as it was saved."""
    backup = reading.verify(path)
    sys.stdout.write(f"{path}: whole, as it was saved: {telling.in_a_line(backup.manifest)}\n")
    sys.stdout.writelines(f"{line}\n" for line in telling.contents(backup.manifest))


def show_list(folder: Path, *, as_json: bool) -> None:
    """Say of each file of a folder that looks like a backup what it says of itself. Raises UsageError for no folder."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of this machine.", "Name one: gpudock backup.list DIR")
    found = sorted(_backups(folder), key=lambda each: each.manifest.origin.at)
    if as_json:
        rows = [{"file": str(each.path), "manifest": to_document(each.manifest)} for each in found]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    for each in found:
        sys.stdout.write(f"{each.path.name}: {telling.in_a_line(each.manifest)}\n")
    for path in sorted(folder.glob(f"*.tar{PART}")):
        sys.stdout.write(f"{path.name}: not finished; somebody saves to it now, or was cut off\n")
    if not found:
        sys.stdout.write(f"There is no backup in {folder}.\n")


def _backups(folder: Path) -> Iterator[Backup]:
    for path in folder.iterdir():
        if path.is_file() and not path.name.endswith(PART):
            try:
                yield reading.look(path)
            except UsageError:
                if reading.begins_like_one(path):
                    sys.stderr.write(f"{path.name}: cut off or changed; nothing can be made of it\n")
