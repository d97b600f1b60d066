"""Files that people name, some of which never end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provisioning import input_file
from provisioning.errors import UsageError
from provisioning.input_file import read_input
from provisioning.operations.planning import load_facts
from provisioning.signing_key import read_key


def test_a_file_that_never_ends_is_refused_before_it_is_read() -> None:
    with pytest.raises(OSError, match="it is no regular file"):
        read_input(Path("/dev/zero"))


def test_a_file_up_to_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * 1024 * 1024)
    monkeypatch.setattr(input_file, "LARGEST", 1024 * 1024)
    assert len(read_input(file)) == 1024 * 1024
    file.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(OSError, match="larger than 1 MiB"):
        read_input(file)


def test_a_pipe_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"{}")
    os.close(writing)
    assert read_input(Path(f"/dev/fd/{reading}")) == "{}"
    os.close(reading)


def test_whatever_reads_a_file_of_a_person_says_which() -> None:
    zero = Path("/dev/zero")
    with pytest.raises(UsageError, match="--from /dev/zero: it is no regular file"):
        load_facts(zero)
    with pytest.raises(UsageError, match="--docker-key /dev/zero: it is no regular file"):
        read_key(zero, "--docker-key")
