"""Debian's packages of another release than this machine's, through an apt that has its own directories."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lab.debian import KEYRING, Mirror, machine_route_settings
from lab.shell import CommandFailed, run
from provisioning.errors import LabUnavailable


def fetch(
    mirror: Mirror,
    release: str,
    packages: Iterable[str],
    place: Path,
    *,
    component: str = "main",
    settings: Iterable[str] = (),
) -> dict[str, Path]:
    """Download packages of a Debian release (not their dependencies) into `place`; return the file of each.

    `settings` are further lines of apt's configuration.

    Raises LabUnavailable when the mirror does not answer as one.
    """
    source = f"deb [signed-by={KEYRING}] {mirror.archive} {release} {component}\n"
    config = _private_apt(place, source, settings)
    environment = {"APT_CONFIG": str(config)}
    try:
        run("apt-get", "-o", "APT::Update::Error-Mode=any", "update", environment=environment)
    except CommandFailed as error:
        raise LabUnavailable(
            f"The lab found no Debian {release} at {mirror.archive}.",
            f"Name another mirror: --debian-mirror URL. apt said:\n{error.message}",
        ) from error
    run("apt-get", "download", *packages, cwd=place, environment=environment)
    return {deb.name.partition("_")[0]: deb for deb in place.glob("*.deb")}


def _private_apt(place: Path, source: str, settings: Iterable[str]) -> Path:
    for directory in (
        "etc/apt/apt.conf.d",
        "etc/apt/preferences.d",
        "var/lib/apt/lists/partial",
        "var/cache/apt/archives/partial",
    ):
        (place / directory).mkdir(parents=True, exist_ok=True)
    status = place / "status"
    status.touch()
    (place / "etc/apt/sources.list").write_text(source)
    config = place / "apt.conf"
    lines = (
        f'Dir "{place}";',
        f'Dir::State::status "{status}";',
        'Acquire::Languages "none";',
        'APT::Sandbox::User "root";',
        *machine_route_settings(),
        *settings,
    )
    config.write_text("".join(f"{line}\n" for line in lines))
    return config
