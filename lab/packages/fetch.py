"""Debian's packages of another release than this machine's, through an apt that has its own directories."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lab.debian import KEYRING, Mirror, machine_route_settings
from lab.shell import run


def fetch(mirror: Mirror, release: str, packages: Iterable[str], place: Path) -> dict[str, Path]:
    """Download packages of a Debian release (not their dependencies) into `place`; return the file of each."""
    config = _private_apt(place, mirror, release)
    environment = {"APT_CONFIG": str(config)}
    run("apt-get", "update", environment=environment)
    run("apt-get", "download", *packages, cwd=place, environment=environment)
    return {deb.name.partition("_")[0]: deb for deb in place.glob("*.deb")}


def _private_apt(place: Path, mirror: Mirror, release: str) -> Path:
    for directory in ("etc/apt/sources.list.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"):
        (place / directory).mkdir(parents=True, exist_ok=True)
    status = place / "status"
    status.touch()
    source = f"deb [signed-by={KEYRING}] {mirror.archive} {release} main\n"
    (place / "etc/apt/sources.list").write_text(source)
    config = place / "apt.conf"
    settings = (
        f'Dir "{place}";',
        f'Dir::State::status "{status}";',
        'Acquire::Languages "none";',
        'APT::Sandbox::User "root";',
        *machine_route_settings(),
    )
    config.write_text("".join(f"{line}\n" for line in settings))
    return config
