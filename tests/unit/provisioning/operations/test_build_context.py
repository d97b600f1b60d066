"""The tar that a build is made from."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from provisioning.containers.dockerignore import Ignored
from provisioning.errors import ChangeFailed, UsageError
from provisioning.operations.build_context import packed, rules


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "drop").write_text("2")
    (tmp_path / "data" / "keep").write_text("1" * 700)
    (tmp_path / "link").symlink_to("data/keep")
    os.link(tmp_path / "data" / "keep", tmp_path / "data" / "twin")
    (tmp_path / ("long-" * 30)).write_text("ü")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    return tmp_path


def unpacked(folder: Path, dockerfile: str = "Dockerfile") -> dict[str, tarfile.TarInfo]:
    whole = b"".join(packed(folder, rules(folder, dockerfile)))
    assert len(whole) % 512 == 0
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        members = {each.name: each for each in tar}
        keep = tar.extractfile("data/keep") if "data/keep" in members else None
        assert keep is None or keep.read() == b"1" * 700
    return members


def test_all_of_a_folder(folder: Path) -> None:
    members = unpacked(folder)
    assert next(iter(members)) == "."
    assert {"Dockerfile", "data", "data/drop", "data/keep", "data/twin", "link", "run.sh", "long-" * 30} < set(members)
    assert members["link"].linkname == "data/keep"
    assert members["data/twin"].islnk()
    assert members["run.sh"].mode == 0o755
    assert {(each.uid, each.gid, each.uname) for each in members.values()} == {(0, 0, "")}


def test_its_first_block_alone_is_a_tar(folder: Path) -> None:
    start = b"".join(packed(folder, Ignored()))[:512]
    assert tarfile.TarInfo.frombuf(start, "utf-8", "strict").isdir()


def test_rules_leave_something_behind(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*\n!data/keep\n")
    assert set(unpacked(folder)) == {".", "Dockerfile", "data/keep"}


def test_the_rules_of_one_dockerfile_go_first(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*\n")
    (folder / "gpu.Dockerfile").write_text("FROM a\n")
    (folder / "gpu.Dockerfile.dockerignore").write_text("long*\n")
    assert "run.sh" in unpacked(folder, "gpu.Dockerfile")


def test_what_cannot_be_a_context(folder: Path) -> None:
    with pytest.raises(UsageError, match="There is no nosuch in"):
        rules(folder, "nosuch")
    (folder / ".dockerignore").write_text("[z-a]\n")
    with pytest.raises(UsageError, match=r"a line that is no pattern: \[z-a\]"):
        rules(folder, "Dockerfile")


def test_a_file_that_shrinks_meanwhile(folder: Path) -> None:
    (folder / "a-big").write_bytes(b"1" * 3_000_000)
    chunks = packed(folder, Ignored())
    while len(next(chunks)) < 1 << 20:
        pass
    os.truncate(folder / "a-big", 0)
    with pytest.raises(ChangeFailed, match="a-big became smaller"):
        list(chunks)


def test_a_file_that_vanishes_meanwhile(folder: Path) -> None:
    chunks = packed(folder, Ignored())
    next(chunks)
    (folder / "link").unlink()
    with pytest.raises(UsageError, match="link cannot be read: No such file"):
        list(chunks)
