"""What of a package's dependencies its programs need."""

from __future__ import annotations

import pytest

from lab.virtualbox.tree import libraries


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
