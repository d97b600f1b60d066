"""The journal read back: which runs a host has seen, what they did, and which of them still stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provisioning.journal import PATH
from provisioning.probe import Probe


@dataclass(frozen=True)
class PastFile:
    path: str
    before: str
    after: str
    """SHA-256, or `absent`."""


@dataclass(frozen=True)
class PastChange:
    number: int
    sentence: str
    files: tuple[PastFile, ...]
    packages: tuple[tuple[str, str], ...]
    """Name and earlier version, '' for none, of the packages that the plan named."""
    back: tuple[tuple[str, ...], ...]
    """Commands that take back what is neither file nor package."""
    added: tuple[str, ...] = ()
    """Names of all packages that came with it, dependencies too."""
    code: int | None = None
    """None: it never ended, or was never begun."""
    ended: int = 0
    """Seconds since the epoch."""


@dataclass(frozen=True)
class PastRun:
    id: str
    at: int
    by: str
    changes: tuple[PastChange, ...]
    takes_back: tuple[str, ...] = ()


def read(text: str) -> tuple[PastRun, ...]:
    """Return the runs, oldest first. A last line that a power cut left half written is passed over.

    Raises ValueError naming the journal and the line for JSON of something else.
    """
    runs: dict[str, PastRun] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        try:
            _enter(runs, entry)
        except (KeyError, TypeError, ValueError, AttributeError) as foreign:
            raise ValueError(f"line {number} of {PATH} is JSON of something else than gpudock's journal") from foreign
    return tuple(runs.values())


def _enter(runs: dict[str, PastRun], entry: Mapping[str, Any]) -> None:
    if "changes" in entry:
        runs[entry["run"]] = _run(entry)
    elif entry["run"] in runs:
        runs[entry["run"]] = _updated(runs[entry["run"]], entry)


def _run(entry: Mapping[str, Any]) -> PastRun:
    return PastRun(
        entry["run"],
        entry["at"],
        entry["by"],
        tuple(_change(change) for change in entry["changes"]),
        tuple(entry.get("takes_back", ())),
    )


def _change(entry: Mapping[str, Any]) -> PastChange:
    return PastChange(
        number=entry["change"],
        sentence=entry["sentence"],
        files=tuple(PastFile(file["path"], file["before"], file["after"]) for file in entry.get("files", ())),
        packages=tuple((name, before) for name, before, _ in entry.get("packages", ())),
        back=tuple(tuple(argv) for argv in entry.get("back", ())),
    )


def _updated(run: PastRun, entry: Mapping[str, Any]) -> PastRun:
    def updated(change: PastChange) -> PastChange:
        if change.number != entry["change"]:
            return change
        if "added" in entry:
            return replace(change, added=tuple(entry["added"].split()))
        return replace(change, code=entry["code"], ended=entry["at"])

    return replace(run, changes=tuple(updated(change) for change in run.changes))


def standing(runs: Iterable[PastRun]) -> list[PastRun]:
    """Return the runs that have changed something and were not taken back, newest first."""
    listed = list(runs)
    gone = {taken for run in listed if _succeeded(run) for taken in run.takes_back}
    return [run for run in reversed(listed) if run.id not in gone and not run.takes_back and _did_something(run)]


def _succeeded(run: PastRun) -> bool:
    return all(change.code == 0 for change in run.changes)


def _did_something(run: PastRun) -> bool:
    """Tell whether there is something to take back; a change that failed may have brought packages all the same."""
    return any(_left_something(change) for change in run.changes if change.code == 0 or change.added)


def _left_something(change: PastChange) -> bool:
    """A restart, or a remedy that was applied, leaves nothing to take back."""
    return bool(change.files or change.packages or change.added or change.back)


HISTORY = Probe("history", f"cat {PATH} 2>/dev/null || [ ! -e {PATH} ]", read)
