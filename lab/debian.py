"""Where this machine gets Debian from, and how: the hosts are given the same way."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.places import MIRROR
from lab.shell import run
from provisioning.errors import LabUnavailable

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
INDEX_FORMAT = "$(ORIGIN)|$(LABEL)|$(REPO_URI)"

# What of apt's configuration belongs to the way to the mirror; the rest is this machine's own business.
ROUTE_SETTING = re.compile(
    r"Acquire::(https?::(Proxy|CAInfo|Verify-Peer|Verify-Host)|Check-Valid-Until|Check-Date)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mirror:
    """Base addresses of Debian's archive and (where the machine has one) of its security archive."""

    archive: str
    security: str = ""


def mirror_from_index_targets(text: str) -> Mirror | None:
    """Read the answer of `apt-get indextargets --format INDEX_FORMAT`: the first archive that is Debian's own.

    The vendor names itself in the signed Release file, so `Origin` is better evidence than any address.
    """
    rows = [row.split("|") for row in text.splitlines()]
    found = {
        label: uri.rstrip("/")
        for origin, label, uri in reversed(rows)
        if origin == "Debian" and uri.startswith(("http://", "https://"))
    }
    return Mirror(found["Debian"], found.get("Debian-Security", "")) if "Debian" in found else None


def route_settings(apt_config_dump: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Keep of `apt-config dump` the lines about proxies, certificates and the clock.

    A proxy of the environment (http_proxy, https_proxy) counts where apt's configuration names none.
    """
    lines = [line for line in apt_config_dump.splitlines() if ROUTE_SETTING.match(line) and '""' not in line]
    for scheme in ("http", "https"):
        proxy = environment.get(f"{scheme}_proxy", "")
        if proxy and not any(line.startswith(f"Acquire::{scheme}::Proxy") for line in lines):
            lines.append(f'Acquire::{scheme}::Proxy "{proxy}";')
    return tuple(lines)


def machine_route_settings() -> tuple[str, ...]:
    """Return this machine's apt settings for reaching the mirror."""
    return route_settings(run("apt-config", "dump"), os.environ)


def sources_text(mirror: Mirror, codename: str, *, signed_by: str) -> str:
    """Render the host's Debian sources in deb822 form, as Debian's own cloud images have them."""
    parts = [(mirror.archive, f"{codename} {codename}-updates")]
    if mirror.security:
        parts.append((mirror.security, f"{codename}-security"))
    return "\n".join(
        f"Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: main\nSigned-By: {signed_by}\n"
        for uri, suites in parts
    )


def find_mirror(wanted: str | None, say: Callable[[str], None]) -> Mirror:
    """Return the mirror asked for, the one that worked last time, or the machine's own.

    Raises LabUnavailable when this machine knows no Debian mirror.
    """
    if wanted:
        return Mirror(wanted.rstrip("/"))
    if MIRROR.exists():
        return Mirror(**json.loads(MIRROR.read_text()))
    return _machine_mirror(say)


def remember_mirror(mirror: Mirror) -> None:
    """Keep a mirror that has worked for the next time."""
    MIRROR.write_text(json.dumps(asdict(mirror)))


def _machine_mirror(say: Callable[[str], None]) -> Mirror:
    targets = ("apt-get", "indextargets", "--format", INDEX_FORMAT, "Created-By: Packages")
    mirror = mirror_from_index_targets(run(*targets))
    if mirror is None:
        say("Refreshing this machine's package lists, to learn where it gets Debian from.")
        run("apt-get", "update")
        mirror = mirror_from_index_targets(run(*targets))
    if mirror is None:
        raise LabUnavailable(
            "The lab's hosts run Debian, and no source in this machine's apt configuration is Debian's.",
            "Name a mirror: --debian-mirror URL",
        )
    return mirror
