"""Facts of hosts: read, shown, saved. Always as they may be shown, without credentials."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from rich.console import Console

from checks.recording import recorded
from checks.report import HostReport
from checks.reports import facts_view
from checks.verification import first_trip_probes
from provisioning import fleet
from provisioning.engine import gather
from provisioning.errors import UsageError
from provisioning.operations.naming import named
from provisioning.operations.reaching import runners
from provisioning.probe import Facts, Probe, to_json
from provisioning.tasks.targets import Targets


def read_hosts(targets: Targets, out: IO[str] | Console, save: Path | None) -> list[HostReport]:
    """Read all hosts; print to `out`, as JSON where it is a stream, and save. Raises UsageError before it reads."""
    as_json = not isinstance(out, Console)
    if len(targets.hosts) > 1 and (save or as_json):
        raise UsageError("--save and --json take the facts of one host.", "Run it once for each host.")
    probes = first_trip_probes()
    with runners(targets) as opened:
        done = fleet.each(opened, lambda runner: gather(runner, probes))
    for each in done:
        if each.value:
            _put(each.item.host, each.value, out, save)
    return named([HostReport(each.item.host, error=each.error) for each in done], targets.access)


def save_facts(host: str, facts: Facts, save: Path, own: Iterable[Probe[Any]] = ()) -> None:
    """Save the facts as they may be shown to anybody, the answers of `own` probes too. Raises UsageError."""
    try:
        save.write_text(to_json(recorded(facts, host, own)) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--save {save}: {error.strerror}.", "Name a file that can be written.") from error


def _put(host: str, facts: Facts, out: IO[str] | Console, save: Path | None) -> None:
    if save:
        save_facts(host, facts, save)
    probes = first_trip_probes()
    shown = facts.redact(probes)
    if isinstance(out, Console):
        facts_view.show(out, host, shown, probes)
    else:
        document = json.loads(to_json(shown))
        out.write(json.dumps({**document, "facts": facts_view.plain(shown, probes)}, indent=2) + "\n")
