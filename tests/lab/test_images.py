"""Images saved, loaded and copied between two real engines: whole, or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab import Host
from provisioning.command import joined
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, attempt, ended, look, write

NAME = "t-image:1"
# Packs as zstd does, then goes on saying something until nobody hears it.
_ENDLESS = "#!/bin/sh\nhead -c 4000; touch /tmp/t-packing; while sleep 0.1; do echo more; done\n"
_DIES = "#!/bin/sh\nhead -c 4000; exit 9\n"


@pytest.fixture(scope="module")
def one(ready_host: Host) -> Iterator[Host]:
    """The host that has the image."""
    look(
        ready_host,
        f"mkdir /root/t && head -c 3000000 /dev/urandom >/root/t/x && tar -C /root/t -c . | docker import - {NAME}",
    )
    yield ready_host
    attempt(
        ready_host, f"docker rmi -f {NAME} t-arm; rm -rf /root/t /usr/local/bin/zstd /tmp/t-packing /home/admin/t-*"
    )


@pytest.fixture(scope="module")
def two(lab_host: RaiseHost, gpudock: Gpudock) -> Host:
    """A host that has an engine and no image of ours."""
    host = lab_host(name="images")
    said = gpudock.run("provision", f"admin@{host.name}", "--yes")
    assert said.code == 0, said.all
    return host


@pytest.fixture
def bare(two: Host) -> Host:
    attempt(two, f"docker rmi -f {NAME}")
    return two


def login(host: Host) -> tuple[str, str]:
    return "--host", f"admin@{host.name}"


def identity(host: Host, name: str = NAME) -> str:
    return attempt(host, f"docker image inspect --format '{{{{.Id}}}}' {name}").stdout.strip()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


@contextmanager
def packing_with(host: Host, program: str) -> Iterator[None]:
    """Put a stand-in before the host's zstd."""
    write(host, "/usr/local/bin/zstd", program)
    look(host, "chmod +x /usr/local/bin/zstd; rm -f /tmp/t-packing")
    try:
        yield
    finally:
        look(host, "rm -f /usr/local/bin/zstd")


@pytest.fixture(scope="module")
def saved(one: Host, gpudock: Gpudock, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that everything else starts from."""
    folder = tmp_path_factory.mktemp("saved")
    said = gpudock.run("image.save", NAME, *login(one), "--to", f"{folder}/")
    assert said.code == 0, said.all
    [noted] = folder.glob("t-image_1.tar.*.sha256")
    return noted.with_suffix("")


def test_a_saved_file_is_whole_and_summed(saved: Path) -> None:
    """Red when the sum is taken of something else than what was written."""
    assert {each.name for each in saved.parent.iterdir()} == {saved.name, f"{saved.name}.sha256"}
    noted = saved.with_name(f"{saved.name}.sha256").read_text()
    assert noted.split()[0] == hashlib.sha256(saved.read_bytes()).hexdigest()
    subprocess.run(("sha256sum", "--quiet", "-c", f"{saved.name}.sha256"), cwd=saved.parent, check=True)


def test_loaded_it_is_the_same_image(saved: Path, one: Host, bare: Host, gpudock: Gpudock) -> None:
    """Red when `docker load` does not get the whole file."""
    said = gpudock.run("image.load", str(saved), *login(bare))
    assert said.code == 0, said.all
    assert said.out == f"admin@{bare.name}: {NAME}\n"
    assert identity(bare) == identity(one)


def test_a_cut_or_changed_file_never_reaches_the_engine(saved: Path, bare: Host, gpudock: Gpudock) -> None:
    """Red when the sum is only looked at afterwards."""
    whole, noted = saved.read_bytes(), saved.with_name(f"{saved.name}.sha256").read_bytes()
    middle = len(whole) // 2
    for number, content in enumerate((whole[:-1], whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])):
        path = saved.parent.parent / f"{number}-{saved.name}"
        path.write_bytes(content)
        path.with_name(f"{path.name}.sha256").write_bytes(noted)
        said = gpudock.run("image.load", str(path), *login(bare))
        assert (said.code, "is not what was saved" in said.err) == (64, True), said.all
    path.with_name(f"{path.name}.sha256").unlink()
    assert gpudock.run("image.load", str(path), *login(bare)).code == 64
    assert "No such image" in identity(bare)


def test_on_the_host_itself(one: Host, gpudock: Gpudock) -> None:
    """Red when the part is not named, or a load there skips the sum."""
    said = gpudock.run("image.save", NAME, *login(one), "--there", "--to", "t-there.tar")
    assert said.code == 0, said.all
    assert look(one, "cd /home/admin && ls t-there* && sha256sum --quiet -c t-there.tar.sha256").split() == [
        "t-there.tar",
        "t-there.tar.sha256",
    ]
    again = gpudock.run("image.save", NAME, *login(one), "--there", "--to", "t-there.tar")
    assert (again.code, "is there already" in again.err) == (64, True)
    before = identity(one)
    look(one, f"docker rmi {NAME}")
    assert gpudock.run("image.load", "t-there.tar", *login(one), "--there").code == 0
    assert identity(one) == before
    look(one, "printf x | dd of=/home/admin/t-there.tar bs=1 seek=5000 conv=notrunc")
    refused = gpudock.run("image.load", "t-there.tar", *login(one), "--there")
    assert (refused.code, "is not what was saved" in refused.err) == (64, True)


def test_copied_from_host_to_host(one: Host, bare: Host, gpudock: Gpudock) -> None:
    """Red when an image that is there is sent again."""
    ends = ("--from", f"admin@{one.name}", "--to", f"admin@{bare.name}")
    said = gpudock.run("image.copy", NAME, *ends)
    assert said.code == 0, said.all
    assert "went over the wire" in said.out
    assert identity(bare) == identity(one)
    assert "has it already" in gpudock.run("image.copy", NAME, *ends).out


@pytest.mark.parametrize("there", [(), ("--there",)], ids=["here", "there"])
def test_a_program_of_the_pipe_that_fails_leaves_nothing(
    one: Host, gpudock: Gpudock, tmp_path: Path, there: tuple[str, ...]
) -> None:
    """Red when `joined` looks at one exit code alone."""
    to = "/home/admin/t-fails/" if there else f"{tmp_path}/"
    look(one, "install -d -o admin /home/admin/t-fails")
    with packing_with(one, _DIES):
        said = gpudock.run("image.save", NAME, *login(one), "--to", to, *there)
    assert said.code == 70, said.all
    assert list(tmp_path.iterdir()) == []
    assert look(one, "ls -A /home/admin/t-fails") == ""


@pytest.mark.parametrize("there", [(), ("--there",)], ids=["here", "there"])
def test_a_cut_connection_leaves_nothing(one: Host, gpudock: Gpudock, tmp_path: Path, there: tuple[str, ...]) -> None:
    """Red when the part stays, or the work goes on for nobody."""
    to = "/home/admin/t-cut/" if there else f"{tmp_path}/"
    look(one, "install -d -o admin /home/admin/t-cut")
    with (
        packing_with(one, _ENDLESS),
        gpudock.running("image.save", NAME, *login(one), "--to", to, *there) as saving,
    ):
        until(lambda: attempt(one, "test -e /tmp/t-packing").returncode == 0)
        assert look(one, "ls -A /home/admin/t-cut") if there else list(tmp_path.glob("*.part"))
        look(one, "pkill -KILL -f 'sshd-session: admin'")
        said = ended(saving)
    assert (said.code, "connection broke" in said.err) == (69, True), said.all
    assert list(tmp_path.iterdir()) == []
    until(lambda: look(one, "ls -A /home/admin/t-cut; pgrep -f '[d]ocker save' || true") == "")


def test_an_engine_that_restarts_while_it_saves(two: Host, gpudock: Gpudock, tmp_path: Path) -> None:
    """Red when what `docker save` left out is taken for the end."""
    look(
        two,
        "dd if=/dev/urandom of=/root/big bs=1M count=40 status=none; tar -C /root -c big | docker import - t-restart",
    )
    with (
        packing_with(two, _ENDLESS),
        gpudock.running("image.save", "t-restart", *login(two), "--to", f"{tmp_path}/") as saving,
    ):
        until(lambda: attempt(two, "test -e /tmp/t-packing").returncode == 0)
        look(two, "systemctl restart docker; pkill -f '[z]std -q' || true")
        said = ended(saving)
    assert said.code == 70, said.all
    assert list(tmp_path.iterdir()) == []


def test_room_is_known_before(one: Host, gpudock: Gpudock) -> None:
    """Red without `_require_room`; with --tight, red when a full disk leaves the part."""
    look(one, "install -d -o admin /home/admin/t-small && mount -t tmpfs -o size=1m,mode=777 tmpfs /home/admin/t-small")
    try:
        words = ("image.save", NAME, *login(one), "--there", "--to", "t-small/")
        said = gpudock.run(*words)
        assert (said.code, "needs up to 3.0 MB, and 1.0 MB are free" in said.err) == (70, True), said.all
        full = gpudock.run(*words, "--tight")
        assert (full.code, "a disk is full" in full.err) == (70, True), full.all
        assert look(one, "ls -A /home/admin/t-small") == ""
    finally:
        look(one, "umount /home/admin/t-small")


def test_another_architecture_is_refused(one: Host, bare: Host, gpudock: Gpudock) -> None:
    """Red without `require_architecture`."""
    look(one, "tar -C /root/t -c . | docker import --platform linux/arm64 - t-arm")
    ends = ("--from", f"admin@{one.name}", "--to", f"admin@{bare.name}")
    said = gpudock.run("image.copy", "t-arm", *ends)
    assert (said.code, "t-arm is made for arm64" in said.err) == (70, True), said.all
    assert gpudock.run("image.copy", "t-arm", *ends, "--other-architecture").code == 0
    assert identity(bare, "t-arm") == identity(one, "t-arm")


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(("first", "second"), [(3, 0), (0, 4), (3, 4)])
def test_both_ends_of_a_pipe_are_looked_at(shell: str, first: int, second: int) -> None:
    """Red when `joined` is a plain pipe."""
    argv = joined(("sh", "-c", f"echo said; exit {first}"), ("sh", "-c", f"cat; exit {second}"))
    done = subprocess.run((shell, *argv[1:]), capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("said\n", first or second)
