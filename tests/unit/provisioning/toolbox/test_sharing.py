"""`toolbox.share` and `toolbox.unshare` from end to end on a machine of tests: what is there afterwards."""

from __future__ import annotations

import pytest

from provisioning.errors import (
    ChangeFailed,
    Locked,
    NotConverged,
    UsageError,
)
from provisioning.operations.toolbox import sharing
from provisioning.operations.toolbox.sharing import Manner
from provisioning.runners.programs import Reply
from provisioning.toolbox.choose import Asked
from tests.unit.provisioning.toolbox.fake_toolbox import LOCKED, NEW_SCRIPT, FakeShare, FakeToolbox, changing

WORKS = r"D:\Works"
NEVER = Manner(restart="never", form="docker")
NOW = Manner(restart="now", form="docker")
PERMANENT = FakeShare(WORKS, writable=True, automount=True)


def share(toolbox: FakeToolbox, how: Manner = NEVER, asked: Asked | None = None) -> list[str]:
    return sharing.share(toolbox.place(), "default", asked or Asked(WORKS), how)


def test_a_machine_that_is_off_gets_a_permanent_share() -> None:
    toolbox = FakeToolbox()
    told = share(toolbox)
    assert toolbox.permanent == {"d/Works": PERMANENT}
    assert toolbox.extra == {}
    assert told[0].startswith("The VM is off. d/Works is mounted when it starts")
    assert told[-1] == "-v /d/Works:/work"


def test_again_there_is_nothing_to_do() -> None:
    toolbox = FakeToolbox(permanent={"d/Works": PERMANENT})
    share(toolbox)
    assert changing(toolbox) == []
    assert "Nothing needs changing." in toolbox.said


def test_on_consent_a_machine_that_is_off_is_started_and_the_share_proved() -> None:
    toolbox = FakeToolbox()
    told = share(toolbox, NOW)
    assert toolbox.state == "running"
    assert told[0].startswith("Proved: a file crosses")
    assert toolbox.files == {}


def test_a_running_machine_gets_a_transient_share_now_and_a_permanent_one_when_it_is_found_off() -> None:
    toolbox = FakeToolbox("running")
    told = share(toolbox)
    assert list(toolbox.transient) == ["d/Works"]
    assert toolbox.mounts["/d/Works"] == ("d/Works", "vboxsf")
    assert told[0].startswith("Proved")
    assert "transient until power-off" in told[1]
    toolbox._control()
    sharing.share(toolbox.place(), "default", Asked(WORKS), NEVER)
    assert toolbox.permanent == {"d/Works": PERMANENT}
    assert toolbox.extra == {}


def test_lost_by_a_restart_it_is_shared_and_mounted_again() -> None:
    toolbox = FakeToolbox("running")
    share(toolbox)
    toolbox._control()
    toolbox.state = "running"
    assert sharing.share(toolbox.place(), "default", Asked(WORKS), NEVER)[0].startswith("Proved")
    assert list(toolbox.transient) == ["d/Works"]


def test_with_consent_it_is_stopped_and_runs_again() -> None:
    toolbox = FakeToolbox("running")
    told = share(toolbox, NOW)
    assert toolbox.permanent == {"d/Works": PERMANENT}
    assert (toolbox.state, toolbox.transient, toolbox.extra) == ("running", {}, {})
    assert "permanent, and mounted at /d/Works again after a reboot" in told[1]


@pytest.mark.parametrize(("yes", "permanent"), [(True, {"d/Works": PERMANENT}), (False, {})])
def test_the_person_is_asked(yes: bool, permanent: dict[str, FakeShare]) -> None:
    toolbox, questions = FakeToolbox("running"), []

    def agree(question: str) -> bool:
        questions.append(question)
        return yes

    sharing.share(toolbox.place(agree), "default", Asked(WORKS), Manner())
    assert len(questions) == 1
    assert toolbox.permanent == permanent


def test_a_machine_that_ignores_its_power_button_is_left_running_and_unchanged() -> None:
    toolbox = FakeToolbox("running", deaf_to_acpi=True)
    with pytest.raises(NotConverged, match="did not shut down within 90 s"):
        share(toolbox, NOW)
    assert (toolbox.state, toolbox.permanent, toolbox.transient) == ("running", {}, {})


def test_it_runs_again_also_when_the_share_cannot_be_added() -> None:
    toolbox = FakeToolbox("running", fail={"sharedfolder add": [Reply(1, err="VBoxManage: error: no\n")]})
    with pytest.raises(ChangeFailed):
        share(toolbox, NOW)
    assert (toolbox.state, toolbox.permanent) == ("running", {})


def test_another_mount_point_stands_in_bootsync() -> None:
    toolbox = FakeToolbox("running", bootsync="#!/bin/sh\necho mine\n", permanent={})
    share(toolbox, NOW, Asked(WORKS, mount_point="/works"))
    assert toolbox.permanent["d/Works"].automount is False
    assert toolbox.mounts["/works"] == ("d/Works", "vboxsf")
    assert toolbox.bootsync is not None
    assert toolbox.bootsync.startswith("#!/bin/sh\n# >>> gpudock d/Works\nmkdir -p /works && mount -t vboxsf")
    assert toolbox.bootsync.endswith("# <<< gpudock d/Works\necho mine\n")
    before = len(changing(toolbox))
    share(toolbox, NOW)  # without --mount it stays where it was wanted
    assert len(changing(toolbox)) == before


def test_unshare_takes_all_of_it_back() -> None:
    toolbox = FakeToolbox("running", bootsync="#!/bin/sh\necho mine\n")
    share(toolbox, NOW, Asked(WORKS, mount_point="/works"))
    sharing.unshare(toolbox.place(), "default", "d/Works", NOW)
    assert (toolbox.permanent, toolbox.mounts, toolbox.extra) == ({}, {}, {})
    assert toolbox.bootsync == "#!/bin/sh\necho mine\n"


def test_unshare_on_a_running_machine_waits_for_it_to_be_off() -> None:
    toolbox = FakeToolbox("running", permanent={"d/Works": PERMANENT}, mounts={"/d/Works": ("d/Works", "vboxsf")})
    [told] = sharing.unshare(toolbox.place(), "default", WORKS, NEVER)
    assert "goes when a toolbox command finds the VM off" in told
    assert (toolbox.mounts, list(toolbox.permanent)) == ({}, ["d/Works"])
    toolbox._control()
    with pytest.raises(UsageError, match="has no share"):
        sharing.unshare(toolbox.place(), "default", WORKS, NEVER)
    assert (toolbox.permanent, toolbox.extra) == ({}, {})


def test_what_was_done_before_a_failure_is_undone() -> None:
    full = Reply(1, err="cat: write error: No space left on device\nexit status 1\n")
    toolbox = FakeToolbox("running", fail={NEW_SCRIPT: [full]})
    with pytest.raises(ChangeFailed, match="the disk of the VM is full") as failure:
        share(toolbox, NEVER, Asked(WORKS, mount_point="/works"))
    assert "docker system prune" in failure.value.hint
    assert (toolbox.transient, toolbox.mounts, toolbox.extra) == ({}, {}, {})


def test_what_cannot_be_undone_is_named() -> None:
    no = Reply(1, err="VBoxManage: error: no\n")
    toolbox = FakeToolbox("running", fail={"mount -t": [Reply(1, err="Protocol error\n")], "folder remove": [no]})
    with pytest.raises(ChangeFailed, match=r"could not be taken back: Share D:.Works with the VM"):
        share(toolbox)


def test_a_lock_that_passes_is_waited_for_and_one_that_stays_is_named() -> None:
    locked = Reply(1, err=f"VBoxManage: error: The machine {LOCKED}\n")
    toolbox = FakeToolbox(fail={"sharedfolder add": [locked] * 3})
    share(toolbox)
    assert "d/Works" in toolbox.permanent
    with pytest.raises(Locked, match="keeps the VM 'default' locked") as failure:
        share(FakeToolbox(fail={"sharedfolder add": [locked] * 999}))
    assert "Close its settings" in failure.value.hint


def test_an_error_with_exit_code_0_is_an_error() -> None:
    toolbox = FakeToolbox(fail={"sharedfolder add": [Reply(0, err="VBoxManage: error: no\n")]})
    with pytest.raises(ChangeFailed):
        share(toolbox)


def test_a_share_whose_folder_has_gone_gives_way() -> None:
    toolbox = FakeToolbox(permanent={"d/Works": FakeShare(r"D:\gone", True, True)})
    share(toolbox)
    assert toolbox.permanent == {"d/Works": PERMANENT}


def test_a_share_of_the_same_folder_is_taken_as_it_is_called() -> None:
    toolbox = FakeToolbox(permanent={"works": FakeShare(r"d:\works", True, True)})
    assert share(toolbox)[-1] == "-v /works:/work"
    assert changing(toolbox) == []


@pytest.mark.parametrize("version", ["7.2.22r1", "5.2.44r1"])
def test_other_flags_are_changed_as_the_version_can(version: str) -> None:
    toolbox = FakeToolbox(version=version, permanent={"d/Works": FakeShare(WORKS, True, True)})
    share(toolbox, NEVER, Asked(WORKS, writable=False))
    assert toolbox.permanent["d/Works"].writable is False
    assert any("sharedfolder modify" in call for call in toolbox.calls) == (version[0] == "7")


def test_a_dry_run_names_the_commands_and_does_nothing() -> None:
    toolbox = FakeToolbox("running")
    told = share(toolbox, Manner("now", dry_run=True))
    assert told[0] == "Stop the VM 'default', and while it is off:"
    assert r"     VBoxManage sharedfolder add default --name d/Works --hostpath D:\Works --automount" in told
    assert changing(toolbox) == []


def test_an_empty_folder_in_the_vm_is_no_proof() -> None:
    toolbox = FakeToolbox("running", permanent={"d/Works": PERMANENT}, fail={"mount -t": [Reply(0)]})
    with pytest.raises(NotConverged, match="something is left to do"):
        share(toolbox)


def test_a_container_that_sees_another_folder_is_no_proof() -> None:
    toolbox = FakeToolbox("running", fail={"docker run": [Reply(0, "")]})
    with pytest.raises(NotConverged, match="saw an empty folder"):
        share(toolbox)
    assert toolbox.files == {}


def test_a_transient_wish_leaves_what_lasts_as_it_is() -> None:
    toolbox = FakeToolbox("running")
    share(toolbox, NOW, Asked(WORKS, mount_point="/works"))
    before = (toolbox.bootsync, dict(toolbox.extra))
    told = share(toolbox, NEVER, Asked(WORKS, lasting=False))
    assert (toolbox.bootsync, toolbox.extra) == before
    assert "is permanent" in told[1]
    alone = FakeToolbox("running")
    assert "transient until power-off, as asked" in share(alone, NEVER, Asked(WORKS, lasting=False))[1]
    assert (alone.extra, alone.permanent) == ({}, {})


@pytest.mark.parametrize(("form", "last"), [("compose", "- /d/Works:/work:ro"), ("gitbash", "-v //d/Works:/work:ro")])
def test_what_can_only_be_read_is_told_to_docker_too(form: str, last: str) -> None:
    toolbox = FakeToolbox(permanent={"d/Works": FakeShare(WORKS, writable=False, automount=True)})
    assert share(toolbox, Manner("never", form=form), Asked(WORKS, writable=False))[-1] == last


def test_a_restart_makes_all_that_is_due_permanent() -> None:
    toolbox = FakeToolbox("running", folders={WORKS, r"D:\Other"})
    share(toolbox, NEVER, Asked(r"D:\Other"))
    share(toolbox, NOW)
    assert sorted(toolbox.permanent) == ["d/Other", "d/Works"]
    assert toolbox.extra == {}
