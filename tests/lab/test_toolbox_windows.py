r"""The same as on Windows: paths such as `D:\Works`, answers of VBoxManage.exe 5 and 7, Git Bash. All a stand-in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.toolbox import simulator
from lab.toolbox.simulator import VERSION_5, VERSION_7, Toolbox
from provisioning.errors import UsageError
from provisioning.hosts import parse_hosts
from provisioning.operations import project_run
from provisioning.operations.toolbox import listing, sharing, workplace
from provisioning.runners.model import Access
from provisioning.tasks.targets import Targets
from provisioning.toolbox.choose import Asked
from provisioning.toolbox.paths import host_path
from tests.lab.toolbox_driving import OnWindows


@pytest.fixture(params=[VERSION_5, VERSION_7], ids=["5", "7"])
def toolbox(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toolbox]:
    for folder in ("C/Users/me/code", "D/Works", "D/My Wörks"):
        (tmp_path / "drives" / folder).mkdir(parents=True)
    busybox = simulator.prepare(print)
    with simulator.simulator(busybox, tmp_path / "t", version=request.param, drives=tmp_path / "drives") as begun:
        monkeypatch.setenv("PATH", f"{begun.programs}:{os.environ['PATH']}")
        yield begun


@pytest.fixture
def windows(tmp_path: Path) -> OnWindows:
    return OnWindows(tmp_path / "drives")


def share(windows: OnWindows, text: str, restart: str = "now") -> list[str]:
    place = windows.place()
    asked = Asked(host_path(text, place.here))
    return sharing.share(place, "default", asked, sharing.manner(place, restart=restart))


def test_a_folder_of_windows_is_shared_proved_and_found_again(toolbox: Toolbox, windows: OnWindows) -> None:
    r"""Red when backslashes of version 5 (raw) or 7 (escaped) are read the other way, or `d:` is another drive."""
    told = share(windows, r"D:\Works")
    assert told[0].startswith(r"Proved: a file crosses between D:\Works, the VM and a container, both ways")
    assert told[-1] == "-v //d/Works:/work"
    assert toolbox.in_guest("grep -c ' /d/Works vboxsf ' /proc/mounts") == "1\n"
    windows.said.clear()
    share(windows, r"d:\works")
    assert windows.said == ["Nothing needs changing."]
    place = windows.place()
    assert listing.translated(place, "default", r"d:\WORKS\a b", "") == "'//d/Works/a b'"
    [row] = listing.listed(place, "default")
    assert (row.host_path, row.mount_points, row.mounted, row.folder_exists) == (r"D:\Works", ("/d/Works",), True, True)


def test_a_name_with_a_space_and_an_umlaut(toolbox: Toolbox, windows: OnWindows, tmp_path: Path) -> None:
    share(windows, r"D:\My Wörks")
    (tmp_path / "drives/D/My Wörks/x").write_text("hello")
    assert toolbox.in_guest("cat '/d/My Wörks/x'") == "hello"


def test_a_command_in_an_image_on_a_folder_of_windows(
    toolbox: Toolbox,
    windows: OnWindows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Red when a path of Windows reaches the engine, or the container has another folder than the person."""
    share(windows, r"D:\Works")
    (tmp_path / "drives/D/Works/hello").write_text("from Windows\n")
    monkeypatch.setattr(workplace, "this_workplace", windows.place)
    request = project_run.Request("busybox", ("sh", "-c", "pwd; cat hello; echo back >made"), r"d:\works", ("auto",))
    capfd.readouterr()
    assert project_run.run(Targets(parse_hosts("toolbox:default"), Access()), request) == 0
    assert capfd.readouterr().out == "/d/Works\nfrom Windows\n"
    assert (tmp_path / "drives/D/Works/made").read_text() == "back\n"


def test_a_path_under_no_share_and_a_folder_that_is_not_there(toolbox: Toolbox, windows: OnWindows) -> None:
    with pytest.raises(UsageError, match="in no share") as refusal:
        listing.translated(windows.place(), "default", r"E:\x", "cmd")
    assert r'toolbox.share "E:\x"' in refusal.value.hint
    with pytest.raises(UsageError, match="no folder"):
        share(windows, r"D:\nothing")
    assert toolbox.machine().shares == []
