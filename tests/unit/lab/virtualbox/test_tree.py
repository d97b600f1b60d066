"""The tree of VirtualBox: what of a package's dependencies its programs need, and when it cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.debian import Mirror
from lab.shell import CommandFailed
from lab.virtualbox import tree
from lab.virtualbox.tree import libraries
from provisioning.errors import LabUnavailable


@pytest.mark.parametrize(
    ("depends", "expected"),
    [
        (
            "adduser, procps, python3:any, virtualbox-dkms (= 7) | virtualbox-modules, libc6 (>= 2.42), zlib1g (>= 1)",
            ["libc6", "zlib1g"],
        ),
        ("libgsoap-2.8.142 (>= 2.8), libstdc++6, libgl1", ["libgsoap-2.8.142", "libstdc++6", "libgl1"]),
        ("adduser, glibc-doc", []),
    ],
)
def test_libraries_alone(depends: str, expected: list[str]) -> None:
    assert libraries(depends) == expected


def test_without_the_package_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when it passes for something else, or leaves a tree that the next run takes for a good one."""

    def fail(*_: str, **__: object) -> str:
        raise CommandFailed("E: Unable to locate package virtualbox")

    monkeypatch.setattr(tree, "VIRTUALBOX", tmp_path / "virtualbox")
    monkeypatch.setattr(tree, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setattr(tree, "machine_route_settings", tuple)
    monkeypatch.setattr(tree, "fetch", fail)
    with pytest.raises(LabUnavailable, match="The real VBoxManage cannot be had: no VirtualBox of Debian sid") as told:
        tree.virtualbox_tree(Mirror("mirror.invalid"), print)
    assert "Unable to locate package virtualbox" in told.value.hint
    assert [path.name.partition(".")[2] for path in (tmp_path / "virtualbox").iterdir()] == ["new"]
