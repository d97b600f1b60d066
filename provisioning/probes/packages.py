"""Which of the packages that matter here are installed, and whether apt has its lists."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from provisioning.probe import Probe

PATTERNS = ("docker*", "containerd*", "runc", "podman-docker", "nvidia-*", "libnvidia-*", "cuda-drivers*", "apparmor")

# dpkg-query exits 1 when a pattern matches nothing and 2 when it failed: only the first is an answer.
SNIPPET = (
    r"dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' "
    + shlex.join(PATTERNS)
    + " 2>/dev/null; [ $? -le 1 ]"
)


def parse(text: str) -> Mapping[str, str]:
    rows = (line.split() for line in text.splitlines())
    # The second letter is the state found on disk: `ii` installed, `hi` installed and held, `rc` removed.
    return {row[1]: row[2] for row in rows if len(row) == 3 and row[0][1:2] == "i"}


PACKAGES = Probe[Mapping[str, str]]("packages", SNIPPET, parse)
"""Name → version of the installed ones."""


def parse_lists(text: str) -> frozenset[str]:
    return frozenset(text.split())


APT_LISTS = Probe("apt_lists", "ls /var/lib/apt/lists 2>/dev/null || true", parse_lists)
"""File names under /var/lib/apt/lists: an URI with `_` for each `/`."""
