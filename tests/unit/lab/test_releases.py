"""The systems that lab hosts run, and how stand-ins are told from Debian."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.releases import RELEASES, install_identity, label, lsb_release, named, suites
from provisioning.errors import UsageError
from provisioning.probes.operating_system import parse

STAND_INS = sorted(release.name for release in RELEASES.values() if release.is_stand_in)


def test_unknown_release_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="no hosts with 'sid'") as caught:
        named("sid")
    assert caught.value.hint == "Releases: trixie, bookworm, noble, jammy, mint"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("trixie", "trixie"),
        ("bookworm", "bookworm"),
        ("noble", "noble (stand-in)"),
        ("mint", "mint (stand-in)"),
        ("of-another-version", "of-another-version"),
    ],
)
def test_lists_call_a_stand_in_what_it_is(name: str, shown: str) -> None:
    assert label(name) == shown


def test_notice_says_what_a_stand_in_is_in_truth() -> None:
    assert named("trixie").notice == ""
    assert named("jammy").notice == "jammy is a stand-in: Debian bookworm whose os-release says Ubuntu 22.04."


@pytest.mark.parametrize(
    ("debian", "served"),
    [
        ("trixie", [("debian", "trixie"), ("ubuntu", "noble")]),
        ("bookworm", [("debian", "bookworm"), ("ubuntu", "jammy")]),
    ],
)
def test_one_source_serves_a_release_and_its_stand_ins(debian: str, served: list[tuple[str, str]]) -> None:
    assert suites(debian) == served


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with os-release as Debian has it: a link."""
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "usr/lib/os-release").write_text("ID=debian\n")
    (tmp_path / "etc/os-release").symlink_to("../usr/lib/os-release")
    return tmp_path


@pytest.mark.parametrize("name", STAND_INS)
def test_stand_in_claims_to_be_the_other_system(name: str, root: Path) -> None:
    install_identity(root, named(name))
    system = parse((root / "etc/os-release").read_text())
    assert (system.family, system.codename) == (named(name).family, named(name).suite)
    assert system.name.startswith(named(name).stands_in_for)
    assert (root / "etc/os-release").is_symlink()
    assert "stand-in" in (root / "etc/motd").read_text()


def test_debian_is_left_as_it_is(root: Path) -> None:
    install_identity(root, named("bookworm"))
    assert (root / "etc/os-release").read_text() == "ID=debian\n"
    assert not (root / "etc/motd").exists()


def test_lsb_release_agrees_with_os_release() -> None:
    text = 'PRETTY_NAME="Linux Mint 22"\nNAME="Linux Mint"\nVERSION_ID="22"\nVERSION_CODENAME=wilma\nID=linuxmint\n'
    assert lsb_release(text) == (
        'DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=22\nDISTRIB_CODENAME=wilma\nDISTRIB_DESCRIPTION="Linux Mint 22"\n'
    )
