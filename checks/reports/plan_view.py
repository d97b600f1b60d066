"""A plan as people read it before they say yes."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from provisioning.plan import Change, Plan

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show(console: Console, host: str, plan: Plan) -> None:
    for notice in plan.notices:
        console.print(Text(f"{host}: {notice}", style="yellow"))
    if not plan:
        console.print(Text.assemble((host, "bold"), ": nothing needs changing"))
        return
    console.print(Text.assemble((host, "bold"), f": {len(plan.changes)} change(s) to make"))
    for number, change in enumerate(plan.changes, 1):
        console.print(Text(f"  {number}. {change.sentence}"))
        for line in _details(change):
            console.print(line)


def _details(change: Change) -> list[Text]:
    lines = [
        Text(f"       {package.name}: {package.before or 'absent'} → {package.after}") for package in change.packages
    ]
    if change.stops:
        lines.append(Text(f"       stops the running containers {', '.join(change.stops)}", style="bold yellow"))
    if change.diff:
        lines += [
            Text(f"       {line}", style=_DIFF_STYLES.get(line[:1], "")) for line in change.diff.unified().splitlines()
        ]
    return lines
