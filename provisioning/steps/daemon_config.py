"""What daemon.json must say: what was asked for, and the NVIDIA runtime and CDI on a GPU host."""

from __future__ import annotations

from provisioning import daemon_json
from provisioning.command import command, restore_file, write_file
from provisioning.daemon_json import Document
from provisioning.engine_config import current, target
from provisioning.plan import Change, FileDiff
from provisioning.probe import Facts
from provisioning.probes.daemon_config import DAEMON_CONFIG
from provisioning.settings import Settings
from provisioning.step import Step


def changes(facts: Facts, settings: Settings) -> list[Change]:
    file, before, after = facts[DAEMON_CONFIG], current(facts), target(facts, settings)
    if before == after:
        return []
    return [
        Change(
            f"Write {daemon_json.PATH} ({', '.join(sorted(daemon_json.changed_keys(before, after)))})",
            (
                command("gd_check_daemon_json", stdin=daemon_json.dump(after)),
                write_file(file.path, daemon_json.dump(after), file.seen, _mode(after)),
            ),
            undo=(restore_file(file.path),),
            diff=FileDiff(file.path, daemon_json.shown(before) if before else "", daemon_json.shown(after)),
            hint="The file is as it was. Mend what the last line says, then run the same command again.",
        )
    ]


def _mode(document: Document) -> str:
    """A new file with a password in it is for root alone; an existing one keeps its mode."""
    return "0600" if daemon_json.has_secrets(document) else "0644"


STEP = Step("daemon_config", changes, needs=("packages",))
