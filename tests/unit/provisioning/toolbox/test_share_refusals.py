"""What `toolbox.share` refuses, with a remedy, before anything is changed."""

from __future__ import annotations

import pytest

from provisioning.errors import GpudockError, Unreachable, UnsupportedHost, UsageError
from provisioning.operations.toolbox import sharing
from provisioning.operations.toolbox.sharing import Manner, manner
from provisioning.runners.programs import Reply
from provisioning.toolbox.choose import Asked
from provisioning.toolbox.workstation import Workstation
from tests.unit.provisioning.toolbox.fake_toolbox import FakeShare, FakeToolbox, changing

WORKS = r"D:\Works"
NEVER = Manner(restart="never", form="docker")


@pytest.mark.parametrize("state", ["saved", "paused", "starting", "gurumeditation"])
def test_in_any_other_state_nothing_is_done(state: str) -> None:
    toolbox = FakeToolbox(state)
    with pytest.raises(UnsupportedHost, match=state) as refusal:
        sharing.share(toolbox.place(), "default", Asked(WORKS), NEVER)
    assert refusal.value.hint
    assert changing(toolbox) == []


@pytest.mark.parametrize(
    ("toolbox", "asked", "error", "said"),
    [
        (FakeToolbox(programs=set()), Asked(WORKS), UnsupportedHost, "VirtualBox is not found"),
        (FakeToolbox("running", programs={"VBoxManage"}), Asked(WORKS), UnsupportedHost, "docker-machine is not on"),
        (FakeToolbox(folders=set()), Asked(WORKS), UsageError, "There is no folder"),
        (FakeToolbox(), Asked(WORKS, lasting=False), UsageError, "needs a running VM"),
        (FakeToolbox(permanent={"d/Works": FakeShare("D:\\x", True, True)}, folders={WORKS, "D:\\x"}), Asked(WORKS),
         UsageError, "is called 'd/Works' and shows"),
        (FakeToolbox(permanent={"D/works": FakeShare("D:\\x", True, True)}), Asked(WORKS),
         UsageError, "in nothing but case"),
        (FakeToolbox("running", transient={"d/Works": FakeShare("D:\\x", True, True)}), Asked(WORKS),
         UsageError, "A transient share"),
        (FakeToolbox("running", mounts={"/d/Works": ("tmpfs", "tmpfs")}), Asked(WORKS), UsageError, "is 'tmpfs'"),
        (FakeToolbox(), Asked(WORKS, name="a b"), UsageError, "takes no space"),
        (FakeToolbox(), Asked(WORKS, mount_point="/etc"), UsageError, "would hide files"),
        (FakeToolbox("running", fail={"ssh": [Reply(1, err="exit status 255\n")] * 999}), Asked(WORKS),
         Unreachable, "sshd does not answer"),
    ],
)  # fmt: skip
def test_refused_before_anything_is_changed(
    toolbox: FakeToolbox, asked: Asked, error: type[GpudockError], said: str
) -> None:
    with pytest.raises(error, match=said) as refusal:
        sharing.share(toolbox.place(), "default", asked, NEVER)
    assert refusal.value.hint
    assert changing(toolbox) == []


def test_a_root_needs_a_name() -> None:
    here = Workstation(windows=False, home="/root", folder="/")
    toolbox = FakeToolbox(folders={"/"})
    with pytest.raises(UsageError, match="has no name that the share could have") as refusal:
        sharing.share(toolbox.place(here=here), "default", Asked("/"), NEVER)
    assert "--name root --mount /host" in refusal.value.hint


def test_an_unknown_machine_is_told_apart_from_one_whose_settings_are_gone() -> None:
    with pytest.raises(UsageError, match="no VM 'nosuch'") as refusal:
        sharing.share(FakeToolbox().place(), "nosuch", Asked(WORKS), NEVER)
    assert "default" in refusal.value.hint
    lost = FakeToolbox(fail={"list vms": [Reply(0, '"<inaccessible>" {498d}\n')]})
    with pytest.raises(UnsupportedHost, match="cannot read the settings of VM 498d"):
        sharing.share(lost.place(), "nosuch", Asked(WORKS), NEVER)


def test_options_that_name_nothing() -> None:
    place = FakeToolbox().place()
    with pytest.raises(UsageError, match="ask, never, now"):
        manner(place, restart="soon")
    with pytest.raises(UsageError, match="--for takes one of"):
        manner(place, form="fish")
    assert manner(place).form == "gitbash"
