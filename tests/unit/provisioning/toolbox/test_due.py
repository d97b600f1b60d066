"""What an earlier command left for later, and what is told when the VM does not come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provisioning.errors import ChangeFailed, UnsupportedHost, UsageError
from provisioning.operations.toolbox import listing, reaching, sharing
from provisioning.operations.toolbox.looking import opened
from provisioning.operations.toolbox.sharing import Manner
from provisioning.operations.toolbox.workplace import Workplace
from provisioning.runners.programs import Reply
from provisioning.toolbox.choose import Asked
from tests.unit.provisioning.toolbox.fake_toolbox import FakeToolbox

NEVER = Manner(restart="never")


def test_shares_that_are_due_together_do_not_overwrite_each_other_in_bootsync() -> None:
    """Red when all are planned from the script as it was before the first of them was written."""
    toolbox = FakeToolbox("running", folders={r"D:\One", r"D:\Two"})
    for name in ("One", "Two"):
        sharing.share(toolbox.place(), "default", Asked(rf"D:\{name}", mount_point=f"/m/{name}"), NEVER)
    toolbox.bootsync = None  # lost, as by somebody who replaced it
    opened(toolbox.place(), "default")
    assert toolbox.bootsync is not None
    assert [line for line in toolbox.bootsync.splitlines() if line.startswith("# >>>")] == [
        "# >>> gpudock d/Two",
        "# >>> gpudock d/One",
    ]


def test_one_that_cannot_be_done_does_not_stop_the_others() -> None:
    toolbox = FakeToolbox("running", folders={r"D:\One", r"D:\Two"})
    for name in ("One", "Two"):
        sharing.share(toolbox.place(), "default", Asked(rf"D:\{name}", mount_point=f"/m/{name}"), NEVER)
    toolbox.state, toolbox.transient, toolbox.mounts = "poweroff", {}, {}
    toolbox.fail = {"sharedfolder add": [Reply(1, err="VBoxManage: error: no\n")]}
    opened(toolbox.place(), "default")
    assert list(toolbox.permanent) == ["d/Two"]
    assert any("not done: " in line for line in toolbox.said)


def test_a_vm_that_does_not_start_again_is_named_with_what_was_changed() -> None:
    toolbox = FakeToolbox("running", fail={"startvm": [Reply(1, err="VBoxManage: error: no VT-x\n")]})
    with pytest.raises(
        ChangeFailed, match="'default' is off and does not start; what was changed before stays"
    ) as told:
        sharing.share(toolbox.place(), "default", Asked(r"D:\Works"), Manner(restart="now"))
    assert told.value.hint == "Look why: docker-machine start default"
    assert list(toolbox.permanent) == ["d/Works"]


WAYS: dict[str, Callable[[Workplace], object]] = {
    "ip": lambda place: reaching.ip(place, "default"),
    "url": lambda place: reaching.url(place, "default", "8888"),
    "forward": lambda place: reaching.forward(place, "default", "8888", "", remove=False),
    "ssh": lambda place: reaching.ssh(place, "default", ("true",)),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_a_vm_that_is_off_makes_permanent_what_is_due(way: str) -> None:
    toolbox = FakeToolbox("running")
    sharing.share(toolbox.place(), "default", Asked(r"D:\Works"), NEVER)
    toolbox.state, toolbox.transient, toolbox.mounts = "poweroff", {}, {}
    with pytest.raises(UnsupportedHost, match="'default' is not running"):
        WAYS[way](toolbox.place())
    assert list(toolbox.permanent) == ["d/Works"]
    assert toolbox.extra == {}


def test_a_vm_that_is_off_has_no_address() -> None:
    with pytest.raises(UnsupportedHost, match="'default' is not running") as told:
        reaching.ip(FakeToolbox().place(), "default")
    assert told.value.hint == "Start it: docker-machine start default"


def test_what_could_be_shared_of_a_file_is_its_folder() -> None:
    toolbox = FakeToolbox("running", files={r"D:\Works\x.py": ""})
    with pytest.raises(UsageError, match="in no share") as told:
        listing.translated(toolbox.place(), "default", r"D:\Works\x.py", "docker")
    assert r'toolbox.share "D:\Works"' in str(told.value)
