"""All that a backup could leave on a host."""

from __future__ import annotations

from lab import Host
from tests.lab.driving import look

# All that of ours could stay behind, and whether the containers go on.
_TRACES = """
docker ps --all --format '{{.Names}} {{.State}}' | sort
docker volume ls --quiet | sort
docker network ls --format '{{.Name}}' | sort
docker image ls --quiet --no-trunc | sort
find /srv | sort
"""


def traces(host: Host) -> str:
    """Return what the engine has and whether it runs, and the files of data."""
    return look(host, "sh -s", stdin=_TRACES)
