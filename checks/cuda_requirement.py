"""What an image asks of the driver: NVIDIA_REQUIRE_CUDA, which the toolkit enforces before a container starts."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from provisioning.probes.engine import version_numbers

_ATOM = re.compile(r"(\w+)\s*(>=|<=|!=|=|>|<)\s*(\S+)")
_COMPARE: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


def satisfied(requirement: str, *, cuda: tuple[int, ...], driver: tuple[int, ...]) -> bool:
    """Tell whether a driver of version `driver`, which serves CUDA `cuda`, meets the requirement.

    Blanks mean or, commas mean and (libnvidia-container, dsl.c). What is asked of anything else, such as the brand of
    the GPU, counts as met: a wrong alarm is worse than none. Raises ValueError for a version that is none.
    """
    known = {"cuda": cuda, "driver": driver}
    return not requirement.strip() or any(
        all(_met(atom, known) for atom in group.split(",")) for group in requirement.split()
    )


def _met(atom: str, known: dict[str, tuple[int, ...]]) -> bool:
    found = _ATOM.fullmatch(atom)
    if not found or found[1] not in known:
        return True
    asked, have = version_numbers(found[3]), known[found[1]]
    width = max(len(asked), len(have))
    return _COMPARE[found[2]](_padded(have, width), _padded(asked, width))


def _padded(version: tuple[int, ...], width: int) -> tuple[int, ...]:
    return version + (0,) * (width - len(version))
