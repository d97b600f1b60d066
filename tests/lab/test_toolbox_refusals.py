"""`toolbox.share` where VirtualBox or the VM of the stand-in refuse: one sentence, and nothing half done."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lab.toolbox.simulator import Toolbox
from provisioning.errors import Locked
from provisioning.operations.toolbox import sharing
from provisioning.operations.toolbox.virtualbox import LOCK_SECONDS
from provisioning.operations.toolbox.workplace import this_workplace
from provisioning.toolbox.choose import Asked
from tests.lab.conftest import BeginToolbox
from tests.lab.toolbox_driving import names, program, run, start


@pytest.fixture
def off(toolbox: BeginToolbox) -> Toolbox:
    return toolbox()


@pytest.fixture
def running(off: Toolbox) -> Toolbox:
    start(off)
    return off


@pytest.fixture
def works(tmp_path: Path) -> Path:
    folder = tmp_path / "My Wörks"
    folder.mkdir()
    return folder


FAULTS: list[tuple[dict[str, bool | float | str], int, str]] = [
    ({"quiet_error": "The thing is broken"}, 70, "The thing is broken"),
    ({"inaccessible": True}, 70, "cannot read the settings of VM"),
]


@pytest.mark.parametrize(("fault", "code", "said"), FAULTS, ids=lambda each: str(each)[:40])
def test_faults_of_virtualbox(
    off: Toolbox, works: Path, fault: dict[str, bool | float | str], code: int, said: str
) -> None:
    off.faults(**fault)
    ended = run(off.programs, "toolbox.share", str(works))
    assert (ended.code, said in ended.err) == (code, True), ended.all
    assert "Traceback" not in ended.err
    off.faults(inaccessible=False)
    assert names(off) == ([], [])


def test_a_lock_that_stays_is_named(off: Toolbox, works: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes on with each pause, so that nobody waits here."""
    monkeypatch.setenv("PATH", f"{off.programs}:{os.environ['PATH']}")
    off.faults(locks_refused=1000)
    pauses: list[float] = []
    place = replace(this_workplace(), now=lambda: sum(pauses), pause=pauses.append)
    with pytest.raises(Locked, match="keeps the VM 'default' locked"):
        sharing.share(place, "default", Asked(str(works)), sharing.manner(place, restart="never"))
    assert sum(pauses) == LOCK_SECONDS
    assert names(off) == ([], [])


def test_a_vm_without_guest_additions(running: Toolbox, works: Path) -> None:
    running.faults(no_guest_additions=True)
    said = run(running.programs, "toolbox.share", str(works))
    assert said.code == 70
    assert "the VM has no Guest Additions" in said.err
    assert names(running) == ([], [])


@pytest.mark.parametrize("state", ["saved", "paused"])
def test_a_vm_that_is_neither_off_nor_running(running: Toolbox, works: Path, state: str) -> None:
    program(running, "VBoxManage", "controlvm", "default", {"saved": "savestate", "paused": "pause"}[state])
    said = run(running.programs, "toolbox.share", str(works))
    assert said.code == 70
    assert f"is {state}" in said.err
    assert names(running) == ([], [])


def test_certificates_of_another_address(running: Toolbox, works: Path) -> None:
    running.faults(stale_certificates=True)
    said = run(running.programs, "toolbox.share", str(works))
    assert said.code == 69
    assert "docker-machine regenerate-certs" in said.err
    assert list(works.iterdir()) == []
