"""Where the engine of a host keeps images, containers and volumes, and whether all that is there may be deleted."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from posixpath import normpath

from provisioning import engine_config
from provisioning.errors import UsageError
from provisioning.probe import Facts
from provisioning.probes.daemon_flags import DAEMON_FLAGS
from provisioning.probes.engine import DAEMON

DEFAULT = "/var/lib/docker"

_NEVER_WITHIN = frozenset("bin boot dev etc lib lib64 proc run sbin sys usr".split())
_NEVER = frozenset(
    "/ /home /media /mnt /opt /root /srv /tmp /var /var/cache /var/lib /var/log /var/opt /var/spool /var/tmp".split()
)
# With user namespaces the engine works in a directory of its root that is named after the users: 100000.100000.
_OF_USERS = re.compile(r"/\d+\.\d+$")


def data_root(facts: Facts, host: str) -> str:
    """Return the engine's root directory. Raises UsageError where it is not known, or must not be emptied."""
    engine = facts[DAEMON].engine
    place = facts[DAEMON_FLAGS].get("data-root")
    if place and not engine:
        raise UsageError(
            f"{host}: --purge-data: data-root is a flag in {place}, and the engine does not run to say which.",
            "Nothing was changed. Start Docker, or leave out --purge-data.",
        )
    root = _OF_USERS.sub("", (engine.root_dir if engine else "") or _configured(facts, host))
    if not may_be_emptied(root):
        raise UsageError(
            f"{host}: --purge-data: Docker keeps its data in {root}, where more than that may be.",
            "Nothing was changed. Leave out --purge-data, and delete by hand what shall go.",
        )
    return root


def _configured(facts: Facts, host: str) -> str:
    try:
        return str(engine_config.current(facts).get("data-root") or DEFAULT)
    except ValueError as error:
        raise UsageError(
            f"{host}: --purge-data: daemon.json does not say where Docker keeps its data: {error}.",
            "Nothing was changed. Mend /etc/docker/daemon.json, or leave out --purge-data.",
        ) from error


def may_be_emptied(path: str) -> bool:
    """Tell whether `path` is no directory of the system or of a person."""
    parts = PurePosixPath(path).parts
    if path != normpath(path) or not path.startswith("/") or path.startswith("//") or path in _NEVER:
        return False
    return parts[1] not in _NEVER_WITHIN and not (parts[1] == "home" and len(parts) <= 3)
