"""What the host remembers of a run: one JSON line for the run, one for each change as it ends (prelude.sh)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from provisioning.plan import Plan

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


def opening(run: Run, plan: Plan) -> str:
    """Return the journal's object that says what is about to happen; `gd_open` adds the run. No secrets in sentences."""
    changes = [{"change": number, "sentence": change.sentence} for number, change in enumerate(plan.changes, 1)]
    return json.dumps({"at": run.at, "by": run.operator, "changes": changes})
