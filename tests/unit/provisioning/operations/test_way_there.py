"""Commands that lead to a host again."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioning.operations.way_there import with_way
from provisioning.runners.model import Access

WAY = Access(ssh_config=Path("/my lab/config"))
OPTION = "--ssh-config '/my lab/config'"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("`gpudock verify b` tells", f"`gpudock verify b {OPTION}` tells"),
        ("gpudock jupyter.up b --name n", f"gpudock jupyter.up b {OPTION} --name n"),
        ("gpudock x.down b, then gpudock x.up b.", f"gpudock x.down b {OPTION}, then gpudock x.up b {OPTION}."),
        (f"./gpudock facts b {OPTION} --save f", f"./gpudock facts b {OPTION} --save f"),
        ("gpudock verify b.example; gpudock verify bb", "gpudock verify b.example; gpudock verify bb"),
        ("log in to b", "log in to b"),
    ],
)
def test_each_command_has_them_once(text: str, said: str) -> None:
    assert with_way(text, "b", WAY) == said


def test_nothing_is_added_where_nothing_is_needed() -> None:
    assert with_way("gpudock verify b", "b", Access()) == "gpudock verify b"
    assert with_way("gpudock verify localhost", "localhost", WAY) == "gpudock verify localhost"
