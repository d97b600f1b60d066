"""Pastes that are not quite a known text: a part of one, or its words in another order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from checks.known_error import KnownError

FEWEST_WORDS = 4
"""So many words must a paste share with a text to be said to resemble it, or have from the midst of one to be it."""
NEAR = 0.6
"""The part of a text's words, the telling ones counted for more, that must stand in what was pasted."""
TOO_MANY = 5
"""A beginning that more meanings than these have in common says nothing: there is no knowing which."""


def parts_of(plain: str, table: Iterable[tuple[str, KnownError]]) -> tuple[KnownError, ...]:
    """Return the meanings of the texts that begin with `plain`, or the one that has it within.

    People paste what they remember: `could not select device driver`. `table`: each text, as it is compared.
    """
    words = len(plain.split())
    whole = re.compile(rf"(?<![\w-]){re.escape(plain)}(?!\w)")
    found = [(match.start(), known) for text, known in table if (match := whole.search(text))]
    beginning = tuple(dict.fromkeys(known for start, known in found if start == 0))
    if words > 1 and len(beginning) <= (TOO_MANY if words > 2 else 1) and beginning:
        return beginning
    anywhere = tuple(dict.fromkeys(known for _, known in found))
    return anywhere if words >= FEWEST_WORDS and len(anywhere) == 1 else ()


def nearest(plain: str, table: Sequence[tuple[str, KnownError]]) -> KnownError | None:
    """Return what has most of its telling words in `plain`. A word in many texts tells little."""
    mine, weights = _words(plain), _weights(table)
    scored = [(_likeness(_words(text), mine, weights), known) for text, known in table]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= NEAR else None


def _words(text: str) -> frozenset[str]:
    """Of each word the first letters: `initialise` is `initialize`, and `mismatches` a `mismatch`."""
    return frozenset(word[:7] for word in re.findall(r"\w{3,}", text))


def _weights(table: Sequence[tuple[str, KnownError]]) -> Mapping[str, float]:
    meanings = {(word, known) for text, known in table for word in _words(text)}
    return {word: number**-0.5 for word, number in Counter(word for word, _ in meanings).items()}


def _likeness(own: frozenset[str], mine: frozenset[str], weights: Mapping[str, float]) -> float:
    shared = own & mine
    if len(shared) < FEWEST_WORDS:
        return 0.0
    return sum(weights[word] for word in shared) / sum(weights[word] for word in own)
