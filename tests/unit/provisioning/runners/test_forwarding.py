"""Which ports a tunnel joins, and how long it tries again."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.errors import UsageError
from provisioning.runners.forwarding import LONGEST_PAUSE, PATIENCE, PortPair, parse_pairs, pauses

PORT = st.integers(1, 65535)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("1234:7777", [PortPair(1234, 7777)]),
        ("8888", [PortPair(8888, 8888)]),
        ("1234:7777, 8888", [PortPair(1234, 7777), PortPair(8888, 8888)]),
        ("1:7777,2:7777", [PortPair(1, 7777), PortPair(2, 7777)]),
    ],
)
def test_what_is_meant(text: str, pairs: list[PortPair]) -> None:
    assert list(parse_pairs(text)) == pairs


@given(st.lists(st.tuples(PORT, PORT), min_size=1, unique_by=lambda pair: pair[0]))
def test_what_is_written_is_read(ports: list[tuple[int, int]]) -> None:
    text = ",".join(f"{local}:{remote}" for local, remote in ports)
    assert [(pair.local, pair.remote) for pair in parse_pairs(text)] == ports


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be meant"),
        ("x", "cannot be meant"),
        ("1:2:3", "cannot be meant"),
        ("1:", "cannot be meant"),
        (":1", "cannot be meant"),
        ("-1", "cannot be meant"),
        ("1,,2", "cannot be meant"),
        ("0", "'0' is no port"),
        ("1:65536", "'65536' is no port"),
        ("1:٣", "cannot be meant"),
        ("7:1,7:2", "7 of this machine cannot lead to two places"),
    ],
)
def test_what_cannot_be_meant(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_pairs(text)


def test_pauses_grow_and_end() -> None:
    """Red when a broken connection is tried for ever, or without rest."""
    waited = list(pauses())
    assert sum(waited) == PATIENCE
    assert waited[:-1] == sorted(waited[:-1])
    assert min(waited) > 0 and max(waited) == LONGEST_PAUSE
    assert list(accumulate(waited))[3] < LONGEST_PAUSE
