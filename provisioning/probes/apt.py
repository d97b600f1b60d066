"""apt's and dpkg's own state: source files, keyrings, holds, and what an interruption left half done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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

PREFERENCES = Probe[Mapping[str, File]](
    "apt_preferences", files.reading("/etc/apt/preferences", "/etc/apt/preferences.d/*"), parse_present
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
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Installed packages of the two vendors → their programs and units that are no longer on the disk."""


# A file under /etc that is gone may be somebody's wish; of programs, units and libraries nobody wishes it.
DPKG_SNIPPET = r"""
rows=$(dpkg-query -W -f '${db:Status-Want} ${db:Status-Status} ${Package}\n') || exit 1
printf '%s\n' "$rows" |
  grep -E '^hold | (half-installed|unpacked|half-configured|triggers-awaited|triggers-pending) '
[ $? -le 1 ] || exit 1
for entry in /var/lib/dpkg/updates/[0-9]*; do [ -e "$entry" ] && echo "journal unpacked dpkg's journal"; done
cd /var/lib/dpkg/info &&
  grep -HsE '^(/usr)?/(s?bin|lib/systemd/system|libexec/docker/cli-plugins)/[^/]+$|/libnvidia-container[^/]*\.so\.' \
    docker-*.list containerd.io.list nvidia-container-toolkit*.list libnvidia-container*.list |
  while IFS= read -r row; do [ -e "${row#*.list:}" ] || echo "gone ${row%%.list:*} ${row#*.list:}"; done
true
"""


def parse_dpkg(text: str) -> DpkgState:
    rows = [line.split(" ", 2) for line in text.splitlines()]
    states = [row for row in rows if row[0] != "gone"]
    half = [name for want, status, name in states if status not in {"installed", "config-files", "not-installed"}]
    gone: dict[str, tuple[str, ...]] = {}
    for _, package, path in (row for row in rows if row[0] == "gone"):
        name = package.partition(":")[0]  # dpkg writes `libnvidia-container1:amd64`
        gone[name] = (*gone.get(name, ()), path)
    return DpkgState(
        held=frozenset(name for want, status, name in states if want == "hold"),
        unfinished=tuple(dict.fromkeys(half)),
        gone=gone,
    )


DPKG_STATE = Probe("dpkg_state", DPKG_SNIPPET, parse_dpkg)
