"""The steps that built an image, as a Dockerfile has them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_SHELL = r"/bin/(?:ba)?sh (?:-o pipefail )?-c "
# The old builder wrote settings as commands that do nothing; BuildKit counts a step's arguments and then names them.
_NOTHING = re.compile(rf"^{_SHELL}#\(nop\)\s*")
_ARGUMENTS = re.compile(rf"^RUN \|(\d+) (.*?) ?{_SHELL}", re.DOTALL)


@dataclass(frozen=True)
class Step:
    created: str
    size: str
    """As Docker says it: 2.03MB."""
    text: str
    """Without what the builder put around it."""
    raw: str


def parse(text: str) -> tuple[Step, ...]:
    """Return the steps that `docker history --no-trunc --format '{{json .}}'` printed, the first one first."""
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return tuple(
        Step(row["CreatedSince"], row["Size"], clean(row["CreatedBy"]), row["CreatedBy"]) for row in rows[::-1]
    )


def clean(created_by: str) -> str:
    """Return a step as its author wrote it, as far as that is known.

    >>> clean("RUN |1 CUDA=12 /bin/sh -c apt-get update # buildkit")
    'RUN apt-get update  # with CUDA=12'
    """
    text = created_by.removesuffix(" # buildkit").strip()
    arguments = _ARGUMENTS.match(text)
    if arguments:
        return f"RUN {text[arguments.end() :].strip()}  # with {arguments[2]}"
    if _NOTHING.match(text):
        return _NOTHING.sub("", text)
    return re.sub(rf"^(?:RUN )?{_SHELL}", "RUN ", text)
