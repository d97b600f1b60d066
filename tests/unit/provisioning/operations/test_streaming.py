"""Streams between programs and files: whole, or nothing is left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.containers.archive import Sum
from provisioning.containers.asking import Answer
from provisioning.errors import ChangeFailed, Unreachable, UsageError
from provisioning.operations.streaming import Summing, give, part_file, passing, read, sum_of, whole_output


class Program:
    """A process as a test tells it to be."""

    def __init__(self, output: list[bytes], code: int = 0, errors: bytes = b"", reads: int = 99) -> None:
        self._output, self._code, self._errors, self._reads = output, code, errors, reads
        self.heard: list[bytes] = []
        self.told_the_end = self.let_go = False

    def write(self, data: bytes) -> None:
        if len(self.heard) >= self._reads:
            raise BrokenPipeError
        self.heard.append(data)

    def end_input(self) -> None:
        self.told_the_end = True

    def output(self) -> Iterator[bytes]:
        yield from self._output

    def errors(self) -> Iterator[bytes]:
        yield self._errors

    def wait(self) -> int:
        if self._code < 0:
            raise Unreachable("h: the connection broke.")
        return self._code

    def close(self) -> None:
        self.let_go = True


def failure(answer: Answer) -> ChangeFailed:
    return ChangeFailed(f"{answer.code}: {answer.last}")


def test_a_program_that_ends_well_is_heard_to_its_end() -> None:
    program = Program([b"a", b"bc"])
    assert list(whole_output(program, failure)) == [b"a", b"bc"]
    assert not program.let_go


def test_a_program_that_fails_at_the_end_has_not_said_all() -> None:
    with pytest.raises(ChangeFailed, match="1: no such image"):
        list(whole_output(Program([b"a"], 1, b"first\nno such image\n"), failure))


def test_a_broken_connection_is_told() -> None:
    program = Program([b"a"], -1)
    with pytest.raises(Unreachable):
        list(whole_output(program, failure))
    assert program.let_go


def test_a_program_is_let_go_where_the_reader_stops() -> None:
    program = Program([b"a", b"b"])
    chunks = whole_output(program, failure)
    next(chunks)
    chunks.close()
    assert program.let_go


def test_a_program_hears_all_and_then_the_end() -> None:
    program = Program([b"Loaded"], 0, b"a warning")
    assert give(program, iter([b"a", b"b"])) == Answer(0, "Loaded", "a warning")
    assert program.heard == [b"a", b"b"]
    assert program.told_the_end


def test_a_program_that_stops_reading_is_judged_by_its_exit_code() -> None:
    assert give(Program([], 1, b"bad tar", reads=1), [b"a", b"b", b"c"]).code == 1


def test_a_source_that_breaks_never_looks_like_its_end() -> None:
    program = Program([])
    with pytest.raises(Unreachable):
        give(program, whole_output(Program([b"a"], -1), failure))
    assert program.let_go
    assert not program.told_the_end


@given(st.lists(st.binary(max_size=40)))
def test_the_sum_is_that_of_the_whole_however_it_was_cut(chunks: list[bytes]) -> None:
    summing = Summing()
    whole = b"".join(passing(chunks, summing.take))
    assert summing.sum == sum_of(chunks) == Sum(len(whole), hashlib.sha256(whole).hexdigest())


def test_a_file_is_called_by_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with part_file(path, 0o600) as write:
        write(b"abc")
        assert not path.exists()
    assert b"".join(read(path)) == b"abc"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["a.tar"]


@pytest.mark.parametrize("end", [KeyboardInterrupt, ChangeFailed("no")])
def test_a_file_that_was_cut_off_leaves_the_old_one(tmp_path: Path, end: BaseException) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(b"old")
    with pytest.raises((KeyboardInterrupt, ChangeFailed)), part_file(path) as write:
        write(b"abc")
        raise end
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


def test_a_full_disk_is_told_and_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ChangeFailed, match="No space left on device"), part_file(tmp_path / "a") as write:
        full = open("/dev/full", "wb", buffering=0)  # noqa: PTH123, SIM115
        with full:
            from provisioning.operations import streaming

            streaming._write(full, b"abc", tmp_path / "a")
            write(b"never")
    assert list(tmp_path.iterdir()) == []


def test_two_do_not_write_one_file(tmp_path: Path) -> None:
    with part_file(tmp_path / "a"), pytest.raises(UsageError, match=r"a\.part is there"), part_file(tmp_path / "a"):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_places_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file"), part_file(tmp_path / "no" / "a"):
        pass
    with pytest.raises(UsageError, match="cannot be read"):
        list(read(tmp_path / "no"))
