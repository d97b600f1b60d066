"""What people type for a container."""

from __future__ import annotations

import pytest

from provisioning.containers import choices
from provisioning.errors import UsageError


def test_variables() -> None:
    given = ("A=1", "B=", "C=x=y", "HERE")
    assert choices.environment(given, {"HERE": "h"}) == (("A", "1"), ("B", ""), ("C", "x=y"), ("HERE", "h"))


@pytest.mark.parametrize("text", ["", "=x", "1A=2", "A B=3", "GONE"])
def test_no_variables(text: str) -> None:
    with pytest.raises(UsageError, match="--env"):
        choices.environment((text,), {})


@pytest.mark.parametrize(("text", "size"), [("", 0), ("5", 5), ("8g", 8 << 30), ("64M", 64 << 20), ("1kb", 1024)])
def test_sizes(text: str, size: int) -> None:
    assert choices.size("--shm", text) == size


@pytest.mark.parametrize("text", ["0", "-1", "g", "1t", "1.5g", " 1"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(UsageError, match="--shm takes"):
        choices.size("--shm", text)


def test_names() -> None:
    assert [choices.container_name(text) for text in ("", "run-1.a_B")] == ["", "run-1.a_B"]
    for wrong in ("x", "-ab", "a b", "a/b", "ü-1"):
        with pytest.raises(UsageError, match="--name"):
            choices.container_name(wrong)
