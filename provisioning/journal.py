"""What the host remembers of a run: one JSON line for the run, one for each change as it ends (prelude.sh)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from provisioning.command import Command, Secret
from provisioning.plan import Change, Plan

PATH = "/var/lib/gpudock/journal.jsonl"


@dataclass(frozen=True)
class Run:
    """Who changes a host, and when."""

    id: str
    """Sortable and unique: `20260131T120000Z-1f2e3d4c`."""
    at: int
    """Seconds since the epoch, by the operator's clock."""
    operator: str
    """`user@machine` of the one who runs gpudock."""
    takes_back: tuple[str, ...] = ()
    """Ids of the runs that this one takes back."""


def opening(run: Run, plan: Plan) -> str:
    """Return the object that says what is about to happen: enough to read it later, and to take it back.

    `gd_open` adds the run. Of a file it holds the hash, never the text, which may have credentials in it.
    """
    changes = [_change(number, change) for number, change in enumerate(plan.changes, 1)]
    taken = {"takes_back": list(run.takes_back)} if run.takes_back else {}
    return json.dumps({"at": run.at, "by": run.operator, **taken, "changes": changes})


def _change(number: int, change: Change) -> dict[str, Any]:
    return {
        "change": number,
        "sentence": change.sentence,
        "files": [_file(command) for command in change.commands if command.argv[0] in {"gd_put", "gd_remove"}],
        "packages": [[package.name, package.before, package.after] for package in change.packages],
        "back": [list(command.argv) for command in change.back],
    }


def _file(command: Command) -> dict[str, str]:
    path, before = command.argv[1], command.argv[-1]
    if command.argv[0] == "gd_remove":
        return {"path": path, "before": before, "after": "absent"}
    text = command.stdin.reveal() if isinstance(command.stdin, Secret) else command.stdin or ""
    after = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return {"path": path, "before": before, "after": after}
