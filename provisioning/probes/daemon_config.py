"""/etc/docker/daemon.json as it is on the host, and what of it may be shown."""

from __future__ import annotations

import base64

from provisioning import daemon_json
from provisioning.probe import Probe
from provisioning.probes import files

BROKEN = "(not JSON; its text is left out, for it may hold credentials)\n"


def parse(text: str) -> files.File:
    return files.parse(text)[daemon_json.PATH]


def redact(text: str) -> str:
    file = parse(text)
    if file.content is None:
        return text
    try:
        shown = daemon_json.shown(daemon_json.load(file.text)) if file.text.strip() else file.text
    except ValueError:
        shown = BROKEN
    return f"{file.path} present {base64.b64encode(shown.encode('utf-8', 'surrogateescape')).decode()}\n"


DAEMON_CONFIG = Probe("daemon_config", files.reading(daemon_json.PATH), parse, redact=redact)
