"""/etc/docker/daemon.json as it is on the host, and what of it may be shown."""

from __future__ import annotations

from provisioning import daemon_json
from provisioning.probe import Probe
from provisioning.probes import files

BROKEN = "(not JSON; its text is left out, for it may hold credentials)\n"


def parse(text: str) -> files.File:
    return files.parse(text)[daemon_json.PATH]


def redact(text: str) -> str:
    return files.redacted(text, _shown)


def _shown(text: str) -> str:
    try:
        return daemon_json.shown(daemon_json.load(text)) if text.strip() else text
    except ValueError:
        return BROKEN


DAEMON_CONFIG = Probe("daemon_config", files.reading(daemon_json.PATH), parse, redact=redact)
