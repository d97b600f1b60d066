"""Versions that were asked for: found, held, moved together, taken back; never older ones by surprise."""

from __future__ import annotations

import pytest

from lab import Host
from provisioning.selection import DOCKER, TOOLKIT
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, Said, look, write
from tests.lab.mishaps import assert_nothing_is_left_to_do, traces

OLD = ("--docker-version", "26.1.4", "--toolkit-version", "1.19")
NEW = ("--docker-version", "26.1.5", "--toolkit-version", "1.20.1")


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(gpu="t4", name="versions")


def versions(host: Host) -> tuple[set[str], set[str]]:
    """Return the versions of the engine's packages, and of the toolkit's."""
    show = "dpkg-query -W -f '${Version}\\n'"
    engine, toolkit = (look(host, f"{show} {' '.join(names)}") for names in (DOCKER[:2], TOOLKIT))
    return set(engine.split()), set(toolkit.split())


def held(host: Host) -> set[str]:
    return set(look(host, "apt-mark showhold").split())


def provisioned(gpudock: Gpudock, host: Host, *options: str) -> Said:
    said = gpudock.run("provision", f"root@{host.name}", "--yes", *options)
    assert said.code == 0, said.all
    return said


def refused(gpudock: Gpudock, host: Host, *options: str) -> str:
    """Return why provisioning did nothing."""
    before = traces(host)
    said = gpudock.run("provision", f"root@{host.name}", "--yes", *options)
    assert said.code == 64, said.all
    assert traces(host) == before
    return said.err


def test_a_version_that_does_not_exist_is_refused_with_those_that_do(host: Host, gpudock: Gpudock) -> None:
    """Red when `choose` compares digits instead of components, or asking the source leaves something on the host."""
    said = refused(gpudock, host, "--docker-version", "26.1.50")
    assert "--docker-version 26.1.50: there is no such version." in said
    assert "There are: 26.1.5, 26.1.4." in said


OLD_ONES = ({"5:26.1.4-1~debian.13~trixie"}, {"1.19.1-1"})
NEW_ONES = ({"5:26.1.5-1~debian.13~trixie"}, {"1.20.1-1"})
ALL = {*DOCKER, *TOOLKIT}


@pytest.fixture(scope="module")
def pinned(host: Host, gpudock: Gpudock) -> Said:
    return provisioned(gpudock, host, *OLD)


def test_what_was_asked_for_is_installed_and_held(pinned: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when only the first package of a vendor carries the version, or `packages` does not hold."""
    assert versions(host) == OLD_ONES
    assert held(host) == ALL
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host, *OLD)
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


@pytest.fixture(scope="module")
def upgraded(pinned: Said, host: Host, gpudock: Gpudock) -> Said:
    return provisioned(gpudock, host, *NEW)


def test_held_ones_move_when_it_is_asked_for_and_are_held_again(upgraded: Said, host: Host) -> None:
    """Red without `--allow-change-held-packages`, or when `gd_move` forgets that apt takes the hold off."""
    assert "docker-ce: 5:26.1.4-1~debian.13~trixie → 5:26.1.5-1~debian.13~trixie" in upgraded.out
    assert versions(host) == NEW_ONES
    assert held(host) == ALL


def test_an_older_one_is_refused_unless_allowed(upgraded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red without `is_older`, or without `--allow-downgrades`."""
    assert "Add --allow-downgrade to go back to it." in refused(gpudock, host, *OLD)
    provisioned(gpudock, host, *OLD, "--allow-downgrade")
    assert versions(host) == OLD_ONES
    assert held(host) == ALL


def test_taking_it_back_brings_versions_and_holds_of_before(upgraded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when `gd_reinstall` does not `gd_move`, or moves only some of the packages."""
    said = gpudock.run("rollback", f"root@{host.name}", "--yes")
    assert said.code == 0, said.all
    assert versions(host) == NEW_ONES
    assert held(host) == ALL


def test_a_toolkit_of_two_versions_is_put_right(upgraded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red without `_is_mixed`, or when `_install` lets a hold keep it broken."""
    old = "libnvidia-container1=1.19.1-1 libnvidia-container-tools=1.19.1-1"
    look(host, f"cd /tmp && apt-get -qq download {old} && dpkg --force-all -i libnvidia*.deb && rm libnvidia*.deb")
    look(host, f"apt-mark hold {' '.join(TOOLKIT)}")
    assert versions(host)[1] == {"1.19.1-1", "1.20.1-1"}
    provisioned(gpudock, host)
    assert versions(host) == NEW_ONES
    assert set(TOOLKIT) <= held(host)
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


def test_what_a_person_holds_stays_until_asked_for(upgraded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when `selected` brings what is installed up to date, or a hold stands against what was asked for."""
    old = " ".join(f"{name}=5:26.1.4-1~debian.13~trixie" for name in DOCKER[:2])
    look(host, f"apt-get -qq install -y --allow-downgrades --allow-change-held-packages {old} >/dev/null")
    look(host, f"apt-mark unhold {' '.join(ALL)} && apt-mark hold docker-ce")
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)
    provisioned(gpudock, host, "--docker-version", "26.1.5")
    assert versions(host) == NEW_ONES
    assert held(host) == set(DOCKER)


NEWER_LIBRARY = """set -e
cd $(mktemp -d) && chmod 755 . && apt-get -qq download libnvidia-container1
dpkg-deb -R libnvidia-container1_*.deb new
sed -i 's/^Version: .*/Version: 1.99.0-1/' new/DEBIAN/control && dpkg-deb -b new >/dev/null
apt-mark -q unhold libnvidia-container1 && dpkg -i --force-depends new.deb >/dev/null 2>&1
apt-mark -q hold libnvidia-container1
"""


def test_a_newer_library_of_another_source_is_taken_down(upgraded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when apt is told no version: then it takes nothing down, whatever is allowed. The library is a stand-in."""
    look(host, "sh -s", stdin=NEWER_LIBRARY)
    assert versions(host)[1] == {"1.20.1-1", "1.99.0-1"}
    said = provisioned(gpudock, host)
    assert "libnvidia-container1: 1.99.0-1 → 1.20.1-1" in said.out
    assert versions(host)[1] == {"1.20.1-1"}
    assert "libnvidia-container1" in held(host)


OLD_APT = """#!/bin/sh
for word; do shift; [ "$word" = APT::Update::Error-Mode=any ] && word=APT::Update::Old=any; set -- "$@" "$word"; done
exec /usr/bin/apt-get "$@"
"""


def test_an_old_apt_hides_no_source_that_is_out_of_reach(host: Host, gpudock: Gpudock) -> None:
    """Red when `available_probe` believes apt. A stand-in for apt before 2.2, which knows no Error-Mode."""
    write(host, "/usr/local/bin/apt-get", OLD_APT)
    look(host, "chmod +x /usr/local/bin/apt-get")
    said = gpudock.run(
        "provision", f"root@{host.name}", "--docker-version", "27", "--docker-source", "http://127.0.0.1:9"
    )
    look(host, "rm /usr/local/bin/apt-get")
    assert said.code == 70, said.all
    assert "nothing comes from http://127.0.0.1:9/linux/debian" in said.err
