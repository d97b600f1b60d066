"""The systems that lab hosts run: Debian releases, and stand-ins, Debian that calls itself something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.errors import UsageError

OS_RELEASES = Path(__file__).with_name("os_release")


@dataclass(frozen=True, slots=True)
class Release:
    """A system by the name that people choose it by; `debian` is the Debian release that it is in truth."""

    name: str
    debian: str
    family: str
    """Where Docker's repository has it: `linux/FAMILY/dists/SUITE`."""
    suite: str
    stands_in_for: str = ""
    """The system that it claims to be in os-release; '' for Debian itself."""

    @property
    def is_stand_in(self) -> bool:
        return bool(self.stands_in_for)

    @property
    def notice(self) -> str:
        """Say what people must know of it: nothing of Debian itself."""
        if not self.is_stand_in:
            return ""
        return f"{self.name} is a stand-in: Debian {self.debian} whose os-release says {self.stands_in_for}."


DEFAULT = "trixie"
RELEASES: Mapping[str, Release] = {
    release.name: release
    for release in (
        Release("trixie", "trixie", "debian", "trixie"),
        Release("bookworm", "bookworm", "debian", "bookworm"),
        Release("noble", "trixie", "ubuntu", "noble", "Ubuntu 24.04"),
        Release("jammy", "bookworm", "ubuntu", "jammy", "Ubuntu 22.04"),
        Release("mint", "trixie", "ubuntu", "noble", "Linux Mint 22"),
    )
}


def named(name: str) -> Release:
    """Return the release of that name. Raises UsageError for one that the lab does not know."""
    if name not in RELEASES:
        raise UsageError(f"The lab has no hosts with {name!r}.", f"Releases: {', '.join(RELEASES)}")
    return RELEASES[name]


def label(name: str) -> str:
    """Return the name as lists show it; one of another version of the lab is shown as it is."""
    return f"{name} (stand-in)" if name in RELEASES and RELEASES[name].is_stand_in else name


def suites(debian: str) -> list[tuple[str, str]]:
    """Return family and suite of all that runs on this Debian release, the release itself first."""
    return list(dict.fromkeys((each.family, each.suite) for each in RELEASES.values() if each.debian == debian))


def install_identity(root: Path, chosen: Release) -> None:
    """Make the system below `root` call itself what it stands in for, as the real one's files do."""
    if not chosen.is_stand_in:
        return
    text = (OS_RELEASES / chosen.name).read_text()
    (root / "usr/lib/os-release").write_text(text)  # /etc/os-release is a link to it, there as here
    (root / "etc/lsb-release").write_text(lsb_release(text))
    (root / "etc/motd").write_text(f"gpudock lab: {chosen.notice}\n")


def lsb_release(os_release: str) -> str:
    """Render /etc/lsb-release of Ubuntu and its derivatives from the text of os-release."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines())
    name, version = (fields[key].strip('"') for key in ("NAME", "VERSION_ID"))
    return (
        f"DISTRIB_ID={name.replace(' ', '')}\n"
        f"DISTRIB_RELEASE={version}\n"
        f"DISTRIB_CODENAME={fields['VERSION_CODENAME']}\n"
        f"DISTRIB_DESCRIPTION={fields['PRETTY_NAME']}\n"
    )
