"""A disk without room: a clear sentence, and after room was made the same command goes on."""

from __future__ import annotations

import pytest

from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, Said, look
from tests.lab.mishaps import assert_nothing_is_left_to_do, packages, traces


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="full")


def provision_without_room(gpudock: Gpudock, host: Host, directory: str, size: str, *, full: bool = False) -> Said:
    """Provision while `directory` has this size, all of it used where it is `full`; then there is room again."""
    look(host, f"mkdir -p {directory} && mount -t tmpfs -o size={size} tmpfs {directory}")
    if full:
        look(host, f"head -c {size} /dev/zero >{directory}/fill")
    try:
        return gpudock.run("provision", f"root@{host.name}", "--yes")
    finally:
        look(host, f"umount {directory}")


def test_too_little_room_for_images_is_refused(host: Host, gpudock: Gpudock) -> None:
    """Red without `_room_obstacles`."""
    before = traces(host)
    said = provision_without_room(gpudock, host, "/var/lib/docker", "1G")
    assert said.code == 70, said.all
    assert "Only 1.0 GiB are free where Docker keeps its data: 10 GiB are needed." in said.err
    assert "Nothing was changed." in said.err
    assert traces(host) == before


def test_without_a_journal_nothing_is_begun(host: Host, gpudock: Gpudock) -> None:
    """Red when `gd_open` does not fail with the journal, or keeps the reason to itself."""
    before = packages(host)
    said = provision_without_room(gpudock, host, "/var/lib/gpudock", "4k", full=True)
    assert said.code == 70, said.all
    assert "the journal in /var/lib/gpudock cannot be written (No space left on device)" in said.err
    assert packages(host) == before


def test_no_room_to_fetch_packages(host: Host, gpudock: Gpudock) -> None:
    """Red when `_failure` does not show the last lines."""
    said = provision_without_room(gpudock, host, "/var/cache/apt/archives", "20m")
    assert said.code == 70, said.all
    assert "E: You don't have enough free space in /var/cache/apt/archives/." in said.err


def test_no_room_to_unpack_packages(host: Host, gpudock: Gpudock) -> None:
    """Red without the step `apt_repair`: what was unpacked, and what had room for half of it, is finished first."""
    said = provision_without_room(gpudock, host, "/usr/libexec/docker", "20m")
    assert said.code == 70, said.all
    assert "No space left on device" in said.err
    assert "iU  docker-ce " in packages(host)
    again = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert again.code == 0, again.all
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


def test_an_engine_without_room_tells_it_in_its_own_words(host: Host, gpudock: Gpudock) -> None:
    """Red when `gd_engine` does not show what the engine said, or room is an obstacle where Docker is installed."""
    look(host, "systemctl stop docker.socket docker.service")
    said = provision_without_room(gpudock, host, "/var/lib/docker", "1m", full=True)
    assert said.code == 70, said.all
    assert "failed to start daemon" in said.err
    assert "no space left on device" in said.err
    again = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert again.code == 0, again.all
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)
