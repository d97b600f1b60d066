"""Which files of a build context stay behind: the rules of .dockerignore, as Docker's documentation has them.

The engine reads that file only where it packs the context itself; from a tar on standard input it takes everything.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    brings_back: bool
    """It began with an exclamation mark."""


@dataclass(frozen=True)
class Ignored:
    """The rules of one file, in its order: the last one that fits decides."""

    rules: tuple[Rule, ...] = ()
    always_sent: frozenset[str] = frozenset()

    def excludes(self, path: str) -> bool:
        """Tell whether `path`, relative and with slashes, stays behind: for itself, or for a folder above it."""
        if path in self.always_sent:
            return False
        ways = list(_ways(path))
        out = False
        for rule in self.rules:
            if out == rule.brings_back and any(map(rule.pattern.fullmatch, ways)):
                out = not rule.brings_back
        return out

    def closes(self, folder: str) -> bool:
        """Tell whether nothing below `folder` can be sent."""
        above = f"{folder}/"
        return (
            self.excludes(folder)
            and not any(rule.brings_back for rule in self.rules)
            and not any(path.startswith(above) for path in self.always_sent)
        )


def read(text: str, always_sent: frozenset[str] = frozenset()) -> Ignored:
    """Return the rules in `text`. Raises ValueError with the line that is none."""
    return Ignored(tuple(_rules(text)), always_sent)


def _rules(text: str) -> Iterator[Rule]:
    for line in text.removeprefix("\ufeff").splitlines():
        word = "" if line.startswith("#") else line.strip()
        brings_back = word.startswith("!")
        word = word.removeprefix("!").strip() if brings_back else word
        if not word:
            continue
        clean = posixpath.normpath(word).lstrip("/")
        try:
            yield Rule(re.compile(_expression(clean), re.DOTALL), brings_back)
        except re.error as wrong:
            raise ValueError(line) from wrong


_TOKENS = re.compile(r"(\*\*/?)|(\*)|(\?)|(\[\^?[^]]+\])|\\(.)|(.)", re.DOTALL)


def _expression(pattern: str) -> str:
    parts = []
    for token in _TOKENS.finditer(pattern):
        deep, star, one, of, escaped, plain = token.groups()
        if deep:
            # Any number of folders, none among them; at the end everything below.
            parts.append(".*" if token.end() == len(pattern) else "(?:.*/)?")
        else:
            parts.append("[^/]*" if star else "[^/]" if one else of or re.escape(escaped or plain))
    return "".join(parts)


def _ways(path: str) -> Iterator[str]:
    """Yield `path` and all folders above it."""
    while path:
        yield path
        path = posixpath.dirname(path)
