"""The proof: each crossing that fails is named, and no file of it stays."""

from __future__ import annotations

import re

import pytest

from provisioning.errors import GpudockError, NotConverged, UnsupportedHost
from provisioning.operations.toolbox import reaching, sharing
from provisioning.operations.toolbox.proving import prove
from provisioning.runners.programs import Reply
from provisioning.toolbox.choose import Asked
from provisioning.toolbox.guest import Guest
from provisioning.toolbox.mounts import Mount
from provisioning.toolbox.shares import Wish
from tests.unit.provisioning.toolbox.fake_toolbox import FakeShare, FakeToolbox

WISH = Wish("d/Works", r"D:\Works", "/d/Works")
GUEST = Guest((Mount("d/Works", "/d/Works", "vboxsf"),))


def toolbox() -> FakeToolbox:
    works = {"d/Works": FakeShare(r"D:\Works", writable=True, automount=True)}
    return FakeToolbox("running", permanent=works, mounts={"/d/Works": ("d/Works", "vboxsf")})


class Forgetful(FakeToolbox):
    """What is written in the VM or in a container does not arrive."""

    forgets = ""

    def read(self, path: str) -> str | None:
        written = [call for call in self.calls if path.rpartition("\\")[2] in call]
        return None if any(self.forgets in call for call in written) else super().read(path)


def attempt(box: FakeToolbox, guest: Guest = GUEST) -> str:
    try:
        return prove(box.place(), "default", guest, WISH, "busybox")
    finally:
        assert box.files == {}


def test_a_file_crosses_both_ways() -> None:
    box = toolbox()
    assert attempt(box).endswith("both ways.")
    assert len({*re.findall(r"gpudock-proof-(\w{16})", " ".join(box.calls))}) == 3


@pytest.mark.parametrize("guest", [Guest(()), Guest((Mount("tmpfs", "/d/Works", "tmpfs"),))])
def test_what_is_no_vboxsf_never_passes(guest: Guest) -> None:
    with pytest.raises(NotConverged, match="not the share d/Works"):
        attempt(toolbox(), guest)


@pytest.mark.parametrize(
    ("word", "reply", "said"),
    [
        (
            "ssh default cat",
            Reply(1, err="cat: x: No such file\nexit status 1\n"),
            "VM does not read what this machine",
        ),
        ("docker run", Reply(125, err="docker: no such image.\nSee 'docker run --help'.\n"), "no such image"),
    ],
)
def test_what_this_machine_writes_is_read(word: str, reply: Reply, said: str) -> None:
    box = toolbox()
    box.fail[word] = [reply]
    with pytest.raises(NotConverged, match=said):
        attempt(box)


@pytest.mark.parametrize(("forgets", "who"), [("docker-machine", "the VM"), ("docker run", "a container")])
def test_what_is_written_there_is_read_here(forgets: str, who: str) -> None:
    box = Forgetful(**vars(toolbox()))
    box.forgets = forgets
    with pytest.raises(NotConverged, match=f"does not read what {who} writes"):
        attempt(box)


def test_without_docker_on_path() -> None:
    box = toolbox()
    box.programs.remove("docker")
    with pytest.raises(UnsupportedHost, match="docker is not on PATH"):
        attempt(box)


def test_changes_are_undone_the_last_one_first_and_half_done_ones_too() -> None:
    box = FakeToolbox(fail={"--symlink-policy": [Reply(1, err="VBoxManage: error: no\n")]})
    with pytest.raises(GpudockError):
        asked = Asked(r"D:\Works", symlinks=True)
        sharing.share(box.place(), "default", asked, sharing.Manner("never"))
    assert box.permanent == {}
    full = FakeToolbox("running", fail={"bootsync.sh.gpudock": [Reply(1, err="No space left\n")]})
    with pytest.raises(GpudockError):
        sharing.share(full.place(), "default", Asked(r"D:\Works", mount_point="/w"), sharing.Manner("never"))
    undone = [call for call in full.calls if "umount" in call or "folder remove" in call]
    assert ["umount" in call for call in undone] == [True, False]


def test_a_port_is_forwarded_and_looked_for() -> None:
    box = FakeToolbox("running")
    with pytest.raises(NotConverged, match="does not show it"):
        reaching.forward(box.place(), "default", "8888", "", remove=False)
    assert any("natpf1 gpudock-8888,tcp,127.0.0.1,8888,,8888" in call for call in box.calls)
    with pytest.raises(UnsupportedHost, match="not running"):
        reaching.forward(FakeToolbox().place(), "default", "8888", "", remove=False)
