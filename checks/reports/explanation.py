"""An explanation as people and programs read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from checks.explain import Explanation
from checks.known_error import KnownError
from checks.report import HostReport
from checks.reports.json_report import plain_host
from checks.reports.marks import one_line

SHORT = 2000
"""Characters of a paste that is an error, not a log with errors in it."""


def show(console: Console, told: Explanation, claims: Mapping[str, str], host: str = "") -> None:
    """Print what the text means. `claims`: what each check proves; `host`: where they are judged now, '' if nowhere."""
    if len(told.layers) > 1 and sum(map(len, told.layers)) < SHORT:
        console.print(_row("passed on", " › ".join(one_line(layer) for layer in told.layers[:-1]), "dim"))
        console.print(_row("said", one_line(told.layers[-1]), "bold"))
        console.print()
    if not told.known:
        console.print("This text is not known here: nothing is guessed.")
    for number, known in enumerate(told.known):
        console.print() if number else None
        _meaning(console, known, claims)
    if told.nearest:
        console.print(_row("nearest", told.nearest.texts[0], "bold"))
        _meaning(console, told.nearest, claims)
    ids = ",".join(told.checks or (told.nearest.checks if told.nearest else ()))
    if not host:
        only = f" --only {ids}" if ids else ""
        console.print(f"\nConfirm it: ./gpudock verify HOST{only}", markup=False)


def _meaning(console: Console, known: KnownError, claims: Mapping[str, str]) -> None:
    console.print(_row("cause", known.cause))
    console.print(_row("mend it", known.remedy, "bold"))
    for at, check in enumerate(known.checks):
        console.print(_row("" if at else "checks", f"{check}  {claims.get(check, '')}".rstrip(), "dim"))


def _row(label: str, text: str, style: str = "") -> Text:
    return Text.assemble((f"{label:10}", "cyan"), (text, style))


def to_json(told: Explanation, code: int, reports: Iterable[HostReport] = ()) -> str:
    """Return the document of docs/json.md; `code` is what the process will end with."""
    nearest = _plain(told.nearest) if told.nearest else None
    document = {
        "schema": 1,
        "exit_code": code,
        "layers": list(told.layers),
        "known": [_plain(known) for known in told.known],
        "nearest": nearest,
        "hosts": [plain_host(report) for report in reports],
    }
    return json.dumps(document, indent=2)


def _plain(known: KnownError) -> dict[str, Any]:
    return {
        "texts": list(known.texts),
        "cause": known.cause,
        "remedy": known.remedy,
        "checks": list(known.checks),
    }
