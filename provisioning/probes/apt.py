"""apt's and dpkg's own state: source files, keyrings, holds, and what an interruption left half done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.command import hide_users
from provisioning.probe import Probe
from provisioning.probes import files
from provisioning.probes.files import File


def parse_present(text: str) -> Mapping[str, File]:
    return {path: file for path, file in files.parse(text).items() if file.content is not None}


APT_SOURCES = Probe[Mapping[str, File]](
    "apt_sources",
    files.reading("/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources"),
    parse_present,
    redact=lambda text: files.redacted(text, hide_users),
)

KEYRINGS = Probe[Mapping[str, File]](
    "keyrings",
    files.reading(
        *("/etc/apt/trusted.gpg", "/etc/apt/trusted.gpg.d/*.gpg", "/etc/apt/trusted.gpg.d/*.asc"),
        skip="*/debian-archive-*|*/ubuntu-keyring-*",
    ),
    parse_present,
)
"""The keys that apt trusts for every source: where apt-key put them. The distribution's own are left out."""


@dataclass(frozen=True)
class DpkgState:
    held: frozenset[str]
    unfinished: tuple[str, ...]
    """Packages that are neither installed nor removed: dpkg was interrupted."""


DPKG_SNIPPET = r"""
rows=$(dpkg-query -W -f '${db:Status-Want} ${db:Status-Status} ${Package}\n') || exit 1
printf '%s\n' "$rows" |
  grep -E '^hold | (half-installed|unpacked|half-configured|triggers-awaited|triggers-pending) '
[ $? -le 1 ] || exit 1
for entry in /var/lib/dpkg/updates/[0-9]*; do [ -e "$entry" ] && echo "journal unpacked dpkg's journal"; done
true
"""


def parse_dpkg(text: str) -> DpkgState:
    rows = [line.split(" ", 2) for line in text.splitlines()]
    half = [name for want, status, name in rows if status not in {"installed", "config-files", "not-installed"}]
    return DpkgState(
        held=frozenset(name for want, status, name in rows if want == "hold"),
        unfinished=tuple(dict.fromkeys(half)),
    )


DPKG_STATE = Probe("dpkg_state", DPKG_SNIPPET, parse_dpkg)
