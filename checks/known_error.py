"""A text that a program prints, what it means, and which checks can confirm that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownError:
    """One meaning of one or more texts. A text that can mean several things stands in several of these."""

    texts: tuple[str, ...]
    """As the program prints it; `…` stands for what differs from case to case."""
    cause: str
    remedy: str
    checks: tuple[str, ...] = ()
    """Ids of the checks that confirm it, the likeliest first; none where the text itself says all."""
