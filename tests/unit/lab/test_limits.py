"""The kernel's limit on watchers: raised once, and put back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.limits import ENOUGH, raise_limits, restore_limits


@pytest.mark.parametrize(
    ("found", "raised", "restored"),
    [("128\n", ENOUGH, 128), ("8192\n", 8192, 8192)],
)
def test_limit_is_raised_and_put_back(tmp_path: Path, found: str, raised: int, restored: int) -> None:
    limit, before = tmp_path / "limit", tmp_path / "before"
    limit.write_text(found)
    raise_limits(limit, before)
    assert int(limit.read_text()) == raised
    raise_limits(limit, before)
    restore_limits(limit, before)
    assert int(limit.read_text()) == restored


def test_a_limit_that_a_restart_forgot_is_raised_anew(tmp_path: Path) -> None:
    limit, before = tmp_path / "limit", tmp_path / "before"
    before.write_text("128")
    limit.write_text("256\n")
    raise_limits(limit, before)
    assert (int(limit.read_text()), before.read_text()) == (ENOUGH, "128")
