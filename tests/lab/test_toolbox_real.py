"""`toolbox.*` on the real VBoxManage, on a machine that is off: what VirtualBox itself then has."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.toolbox_driving import run


def vboxmanage(programs: Path, *words: str) -> str:
    return subprocess.run(
        [programs / "VBoxManage", *words], check=True, text=True, capture_output=True, stdin=subprocess.DEVNULL
    ).stdout


def shares(programs: Path) -> list[str]:
    return [line for line in vboxmanage(programs, "showvminfo", "default").splitlines() if line.startswith("Name: '")]


def test_shares_from_first_to_last(real_virtualbox: Path, tmp_path: Path) -> None:
    """Red when a word of ours is none that VBoxManage 7.2 takes, or when what it prints is read wrong."""
    vboxmanage(real_virtualbox, "createvm", "--name", "default", "--ostype", "Linux26_64", "--register")
    works = tmp_path / 'Wörks "of" mine'
    works.mkdir()
    words = ("--name", "wörks", "--mount", "/works")
    for _ in range(2):
        said = run(real_virtualbox, "toolbox.share", str(works), *words)
        assert said.code == 0, said.all
    assert "Nothing needs changing." in said.err
    assert shares(real_virtualbox) == [f"Name: 'wörks', Host path: '{works}' (machine mapping), writable"]
    changed = run(real_virtualbox, "toolbox.share", str(works), *words, "--readonly", "--symlinks")
    assert changed.code == 0, changed.all
    [line] = shares(real_virtualbox)
    assert line.endswith("readonly, symlink-policy: subtree")
    [row] = run(real_virtualbox, "toolbox.shares", "--json").json["shares"]
    assert (row["host_path"], row["mount_points"], row["writable"]) == (str(works), ["/works"], False)
    assert run(real_virtualbox, "toolbox.path", str(works / "x"), "--for", "docker").out == "/works/x\n"
    works.rmdir()
    assert run(real_virtualbox, "toolbox.shares", "--json").json["shares"][0]["folder_exists"] is False
    gone = run(real_virtualbox, "toolbox.unshare", "wörks")
    assert gone.code == 0, gone.all
    assert shares(real_virtualbox) == []
    assert vboxmanage(real_virtualbox, "getextradata", "default", "enumerate") == ""


def test_what_virtualbox_refuses(real_virtualbox: Path, tmp_path: Path) -> None:
    vboxmanage(real_virtualbox, "createvm", "--name", "default", "--ostype", "Linux26_64", "--register")
    vboxmanage(real_virtualbox, "sharedfolder", "add", "default", "--name", "Works", "--hostpath", str(tmp_path))
    other = tmp_path / "other"
    other.mkdir()
    taken = run(real_virtualbox, "toolbox.share", str(other), "--name", "works")
    assert (taken.code, "in nothing but case" in taken.err) == (64, True), taken.all
    unknown = run(real_virtualbox, "toolbox.share", str(other), "--machine", "nosuch")
    assert (unknown.code, "It has: default." in unknown.err) == (64, True), unknown.all
    missing = run(real_virtualbox, "toolbox.share", str(tmp_path / "missing"))
    assert (missing.code, "There is no folder" in missing.err) == (64, True), missing.all
    assert len(shares(real_virtualbox)) == 1


def test_without_virtualbox(tmp_path: Path) -> None:
    said = run(tmp_path, "toolbox.shares", env={"PATH": str(tmp_path)})
    assert said.code == 70
    assert said.err.startswith("error: VirtualBox is not found")
