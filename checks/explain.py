"""What an error text means: unwrap what programs wrapped around each other's words, and look it up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checks import known_errors
from checks.known_error import KnownError
from checks.likeness import nearest, parts_of
from provisioning.discovery import declared


@dataclass(frozen=True)
class Explanation:
    """`known` are the meanings, the likeliest first; or nothing, and `nearest` is what it resembles, if anything."""

    layers: tuple[str, ...]
    """What was pasted, from the outermost program to the one that failed."""
    known: tuple[KnownError, ...]
    nearest: KnownError | None = None

    @property
    def checks(self) -> tuple[str, ...]:
        """Ids of the checks that confirm one meaning or another."""
        return tuple(dict.fromkeys(check for each in self.known for check in each.checks))


def all_known() -> list[KnownError]:
    return declared(known_errors, KnownError)


def explain(text: str, known: Sequence[KnownError] | None = None) -> Explanation:
    """Explain what a program printed: a line, or a whole log around it."""
    table = all_known() if known is None else known
    plain = normal(text)
    hits = [hit for each in table for hit in _hits(each, plain)]
    best = [hit for hit in hits if not any(other.covers(hit) for other in hits)]
    best.sort(key=lambda hit: (hit.end, hit.end - hit.start), reverse=True)
    found = tuple(dict.fromkeys(hit.known for hit in best))
    passed_on = layers(text)
    if found:
        return Explanation(passed_on, found)
    texts = [(normal(each), known) for known in table for each in known.texts]
    parts = parts_of(normal(passed_on[-1]).strip(" .:"), texts) if passed_on else ()
    return Explanation(passed_on, parts, None if parts else nearest(plain, texts))


@dataclass(frozen=True)
class _Hit:
    known: KnownError
    start: int
    end: int

    def covers(self, other: _Hit) -> bool:
        """Tell whether this text holds the other one and more: `NCCL …: No space left on device` is no full disk."""
        return self.start <= other.start and other.end <= self.end and self.end - self.start > other.end - other.start


def _hits(known: KnownError, plain: str) -> list[_Hit]:
    return [_Hit(known, found.start(), found.end()) for text in known.texts for found in _pattern(text).finditer(plain)]


def _pattern(text: str) -> re.Pattern[str]:
    """`…` by itself is anything, though not much of it; one that touches a word is a part of that word."""
    words = (".{0,200}?" if word == "…" else re.escape(word).replace("…", r"\S*?") for word in normal(text).split(" "))
    body = " ".join(words) + (r"\S*" if text.endswith("…") else "")
    return re.compile(rf"(?<![\w-]){body}" if text[0].isalnum() else body)


_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "`": "'"})


def normal(text: str) -> str:
    """Return `text` as it is compared: no colours, no escapes of a log, single spaces, small letters."""
    return " ".join(_bare(text).translate(_QUOTES).split()).lower()


def _bare(text: str) -> str:
    """A log, and each program around another's words, may have escaped quotes and line ends once more."""
    return re.sub(r"\\+[nt]", " ", re.sub(r'\\+"', '"', _ESCAPES.sub("", text)))


_WRAPPERS = re.compile(
    r"""(?ix)
    docker:\s+(?=error) | error\s+response\s+from\s+daemon:\s*
    | failed\s+to\s+create\s+(?:shim\s+)?task(?:\s+for\s+container)?:\s* | failed\s+to\s+start\s+shim:\s*
    | oci\s+runtime\s+(?:create|exec|start)\s+failed:\s* | runc\s+(?:create|run|exec)\s+failed:\s*
    | unable\s+to\s+start\s+container\s+process:\s* | container_linux\.go:\d+:\s*
    | (?:starting\s+container\s+process\s+caused:?|process_linux\.go:\d+:)\s*
    | error\s+during\s+container\s+init:\s*
    | (?:error\s+)?running\s+(?:\w+\s+)?hook(?:s|\s+\#?\d+)?(?:\s+caused)?:\s*
    | (?:error\s+running\s+hook:\s*)?exit\s+status\s+\d+,\s*stdout:\s*,?\s* | stderr:\s*
    | auto-detected\s+mode\s+as\s+'\w+'\s* | (?:requirement|initialization|mount)\s+error:\s*
    """
)


_ENDING = re.compile(r"""[\s"\\]*(?::\s*unknown)?\.?\s*(?:Run 'docker run --help' for more information)?[.\s]*$""")


def layers(text: str) -> tuple[str, ...]:
    """Return the words of each program that passed the error on, the outermost first, the failed one's last.

    `docker: Error response from daemon: OCI runtime create failed: … stderr: X: unknown.` has X as its last.
    """
    flat = " ".join(_bare(text).split())
    pieces, at = [], 0
    for found in _WRAPPERS.finditer(flat):
        pieces += [flat[at : found.start()], found[0]]
        at = found.end()
    pieces.append(_ENDING.sub("", flat[at:]))
    said = (piece.strip(' :,"') for piece in pieces)
    return tuple(piece for piece in said if piece and not piece.startswith(("exit status", "stderr")))
