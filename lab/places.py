"""Where the lab keeps its things: one directory, which purge removes whole."""

from __future__ import annotations

from pathlib import Path

STATE = Path("/var/lib/gpudock-lab")
BASES = STATE / "base"
HOSTS = STATE / "hosts"
KEYS = STATE / "keys"
PACKAGES = STATE / "packages"
REGISTRY = STATE / "registry"
DOWNLOADS = STATE / "downloads"
VIRTUALBOX = STATE / "virtualbox"

SSH_CONFIG = STATE / "ssh_config"
KNOWN_HOSTS = STATE / "known_hosts"
INSTALLED = STATE / "installed-packages"
MIRROR = STATE / "mirror.json"

LOCK = Path("/run/gpudock-lab.lock")
