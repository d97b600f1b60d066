"""What goes wrong while a container is saved or made again: nothing is lost, and nothing half is left."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import Host
from tests.lab.backup_traces import traces
from tests.lab.driving import Gpudock, ended, look, write

IMAGE = "nvidia/cuda:12.2.2-base-ubuntu22.04"


@pytest.fixture(scope="module")
def host(ready_host: Host) -> Iterator[Host]:
    """The host, its engine put back afterwards."""
    look(ready_host, f"docker pull --quiet {IMAGE}")
    yield ready_host
    look(ready_host, "docker rm --force bk-big bk-once bk-foreign bk-small; docker volume rm --force bk-data")
    look(ready_host, "docker rmi --force $(docker images --quiet gpudock-backup); true")


def test_what_does_not_run_is_taken_back(host: Host, gpudock: Gpudock, tmp_path: Path) -> None:
    """Red when a container that ends at once passes for one that runs."""
    once = "[ -e /once ] && { echo twice; exit 7; }; touch /once; exec sleep 9999"
    look(host, f"docker run --detach --name bk-once --volume bk-data:/data {IMAGE} sh -c '{once}'")
    path = tmp_path / "b.tar"
    said = gpudock.run("backup.create", "bk-once", "--host", f"admin@{host.name}", "--to", str(path))
    assert said.code == 0, said.all
    look(host, "docker rm --force bk-once; docker volume rm bk-data")
    before = traces(host)
    said = gpudock.run("backup.restore", str(path), "--host", f"admin@{host.name}")
    assert said.code == 70, said.all
    assert "does not run: it ended with exit code 7" in said.err
    assert "twice" in said.err
    assert traces(host) == before


@contextmanager
def saving(host: Host, gpudock: Gpudock, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Save a container that takes a while; gives the process when its file grows."""
    look(host, f"docker run --detach --name bk-big {IMAGE} sh -c 'exec sleep 9999'")
    look(host, "docker exec bk-big dd if=/dev/urandom of=/big bs=1M count=60")
    part = path.with_name(f"{path.name}.part")
    with gpudock.running("backup.create", "bk-big", "--host", f"admin@{host.name}", "--to", str(path)) as process:
        end = time.monotonic() + 60
        while not part.exists() or part.stat().st_size < 1 << 20:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield process
    look(host, "docker rm --force bk-big")


_QUIET = """
end=$(($(date +%s) + 40))
left() { docker images --quiet gpudock-backup:bk-big*; docker ps --all --quiet --filter label=gpudock.kind=backup; }
until [ -z "$(left)" ]; do [ "$(date +%s)" -lt "$end" ] || { docker images; exit 1; }; sleep 0.2; done
"""


@pytest.mark.parametrize(
    ("mishap", "code", "words"),
    [
        ("pkill -KILL -f 'sshd-session: admin'", 69, "connection broke"),
        ("systemctl kill --signal KILL docker", 70, "engine stopped"),
    ],
)
def test_what_breaks_meanwhile_leaves_nothing(
    host: Host, gpudock: Gpudock, tmp_path: Path, mishap: str, code: int, words: str
) -> None:
    """Red when the temporary image, a part of a file or a container that stands still is left behind."""
    with saving(host, gpudock, tmp_path / "b.tar") as process:
        look(host, mishap)
        said = ended(process)
        assert said.code == code, said.all
        assert words in said.err
        assert list(tmp_path.iterdir()) == []
        look(host, "sh -s", stdin=_QUIET)
        assert look(host, "docker inspect --format '{{.State.Paused}}' bk-big") == "false\n"


_SLOW = """#!/bin/sh
[ "$1" = commit ] || exec /usr/bin/docker "$@"
/usr/bin/docker pause "$2"
setsid sh -c 'sleep 2; /usr/bin/docker "$@"; touch /tmp/copied' sh "$@" </dev/null >/dev/null 2>&1 &
sleep 30
"""
_GONE = """
until [ -e /tmp/copied ] && [ -z "$(docker images --quiet gpudock-backup:bk-small*)" ]; do sleep 0.2; done
rm /tmp/copied
"""


def test_a_copy_that_takes_too_long_is_given_up(host: Host, gpudock: Gpudock, tmp_path: Path) -> None:
    """The engine makes it all the same, and it goes then. Red when the container is left standing still."""
    look(host, f"docker run --detach --name bk-small {IMAGE} sh -c 'exec sleep 9999'")
    before = traces(host)
    write(host, "/usr/local/bin/docker", _SLOW)
    look(host, "chmod +x /usr/local/bin/docker")
    options = ("--host", f"admin@{host.name}", "--to", str(tmp_path), "--pause-limit", "1")
    said = gpudock.run("backup.create", "bk-small", *options)
    look(host, "rm /usr/local/bin/docker")
    assert said.code == 70, said.all
    assert "stood still for 1 s while it was copied, and was let go on" in said.err
    assert list(tmp_path.iterdir()) == []
    look(host, _GONE)
    assert traces(host) == before
    look(host, "docker rm --force bk-small")


def test_too_small_a_disk_is_known_before(host: Host, gpudock: Gpudock, tmp_path: Path) -> None:
    look(host, f"docker create --name bk-small {IMAGE}")
    before = traces(host)
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)), check=True)
    try:
        said = gpudock.run("backup.create", "bk-small", "--host", f"admin@{host.name}", "--to", str(tmp_path))
        assert said.code == 70, said.all
        assert "there is no room for this backup" in said.err
        assert traces(host) == before
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(("umount", str(tmp_path)), check=True)


def test_another_processor_and_an_image_that_is_gone(host: Host, gpudock: Gpudock, tmp_path: Path) -> None:
    """Refused before anything is loaded; and told before anything is copied."""
    look(host, "tar -c -T /dev/null | docker import --platform linux/arm64 - foreign:1")
    look(host, "docker create --platform linux/arm64 --name bk-foreign foreign:1 /run-me")
    path, login = tmp_path / "b.tar", f"admin@{host.name}"
    said = gpudock.run("backup.create", "bk-foreign", "--host", login, "--to", str(path))
    assert said.code == 0, said.all
    before = traces(host)
    said = gpudock.run("backup.restore", str(path), "--host", login, "--name", "other")
    assert (said.code, traces(host)) == (70, before), said.all
    assert "was saved on a host of arm64" in said.err
    look(host, "docker rmi --force foreign:1")
    said = gpudock.run("backup.create", "bk-foreign", "--host", login, "--to", str(tmp_path / "c.tar"))
    assert said.code == 70, said.all
    assert "docker pull foreign:1" in said.err
    assert list(tmp_path.iterdir()) == [path]


def test_no_such_container_is_a_sentence(host: Host, gpudock: Gpudock, tmp_path: Path) -> None:
    said = gpudock.run("backup.create", "nobody", "--host", f"admin@{host.name}", "--to", str(tmp_path))
    assert (said.code, list(tmp_path.iterdir())) == (64, [])
    assert "there is no container 'nobody'" in said.err
