"""A backup's file: written part by part, and refused when one byte of it is another."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioning.containers.backup.manifest import Manifest, render
from provisioning.errors import UsageError
from provisioning.operations.backup.reading import begins_like_one, look, verify
from provisioning.operations.backup.writing import backup_file
from tests.unit.provisioning.containers.backup.a_backup import MANIFEST

CONTENTS = {"data-1.tar.gz": b"d" * 700, "image.tar.gz": b"", "data-2.tar.gz": bytes(512)}


def written(path: Path) -> Manifest:
    with backup_file(path) as file:
        parts = tuple(file.add(name, [content[:300], content[300:]]) for name, content in CONTENTS.items())
        manifest = replace(MANIFEST, parts=parts)
        file.finish(render(manifest))
    return manifest


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "b.tar"
    written(path)
    return path.read_bytes()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    manifest = written(tmp_path / "b.tar")
    backup = verify(tmp_path / "b.tar")
    assert backup.manifest == manifest
    assert {name: b"".join(backup.part(name)) for name in CONTENTS} == CONTENTS


def test_any_tar_reads_it_and_only_its_owner_may(tmp_path: Path) -> None:
    path = tmp_path / "b.tar"
    written(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as tar:
        texts = {each.name: tar.extractfile(each) for each in tar}
        read = {name: file.read() for name, file in texts.items() if file}
    assert {name: read[name] for name in CONTENTS} == CONTENTS
    sums = read.pop("SHA256SUMS").decode().splitlines()
    assert sums == [f"{hashlib.sha256(text).hexdigest()}  {name}" for name, text in read.items()]


def test_what_breaks_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> io.BytesIO:
        raise UsageError("gone")

    with pytest.raises(UsageError), backup_file(tmp_path / "b.tar") as file:
        file.add("data-1.tar", broken())
    assert list(tmp_path.iterdir()) == []


def refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(UsageError, match="cut off or changed"):
        verify(path)


_LAW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)


@_LAW
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_one_flipped_byte_is_refused_wherever_it_is(tmp_path: Path, whole: bytes, where: float, flip: int) -> None:
    changed = bytearray(whole)
    changed[int(where * len(whole))] ^= flip
    refused(tmp_path / "b.tar", bytes(changed))


@pytest.mark.parametrize("block", range(24))
def test_one_flipped_byte_in_each_block_is_refused(tmp_path: Path, whole: bytes, block: int) -> None:
    for at in (0, 100, 130, 150, 257, 511):
        changed = bytearray(whole)
        changed[(block * 512 + at) % len(whole)] ^= 1
        refused(tmp_path / "b.tar", bytes(changed))


@_LAW
@given(where=st.floats(0, 1, exclude_max=True))
def test_one_that_was_cut_off_is_refused(tmp_path: Path, whole: bytes, where: float) -> None:
    refused(tmp_path / "b.tar", whole[: int(where * len(whole))])


@pytest.mark.parametrize("more", [b"x", bytes(1), bytes(512)])
def test_one_that_goes_on_is_refused(tmp_path: Path, whole: bytes, more: bytes) -> None:
    refused(tmp_path / "b.tar", whole + more)


def test_a_part_that_went_is_refused(tmp_path: Path, whole: bytes) -> None:
    refused(tmp_path / "b.tar", whole[1536:])


def test_parts_that_the_manifest_does_not_know_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.tar"
    with backup_file(path) as file:
        file.add("data-1.tar.gz", [b"x"])
        file.finish(render(MANIFEST))
    with pytest.raises(UsageError, match="its parts are others"):
        look(path)


@pytest.mark.parametrize(("cut", "ours"), [(600, True), (512, True), (511, False), (0, False)])
def test_a_damaged_backup_is_known_by_its_beginning(tmp_path: Path, whole: bytes, cut: int, ours: bool) -> None:
    (tmp_path / "b.tar").write_bytes(whole[:cut])
    assert begins_like_one(tmp_path / "b.tar") is ours


def test_a_tar_of_others_is_none(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "o.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("notes.txt"))
    assert not begins_like_one(tmp_path / "o.tar")
    with pytest.raises(UsageError, match="is no backup"):
        look(tmp_path / "o.tar")


def test_no_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        verify(tmp_path / "b.tar")
