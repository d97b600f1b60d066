"""Debian control paragraphs: read, written, and rewritten for a package under another name. Pure text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

RELATIONS = ("Pre-Depends", "Depends")
KEPT = ("Architecture", "Section", "Priority", "Homepage")


def parse(text: str) -> dict[str, str]:
    """Read one paragraph; the lines of a longer field stay joined by line breaks."""
    fields: dict[str, str] = {}
    name = ""
    for line in text.strip("\n").splitlines():
        if line.startswith((" ", "\t")):
            fields[name] += f"\n{line}"
        else:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
    return fields


def render(fields: Mapping[str, str]) -> str:
    """Write a paragraph; fields without a value are left out."""
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


@dataclass(frozen=True, slots=True)
class Repack:
    """A package made of packages that Debian has, under the vendor's name and with his relations.

    `of` names Debian's; what they depend on stays, but for each other and the names in `without`.
    """

    package: str
    of: tuple[str, ...]
    without: frozenset[str] = frozenset()
    relations: Mapping[str, str] = field(default_factory=dict)


def rewrite(repack: Repack, originals: Iterable[Mapping[str, str]], version: str, note: str) -> dict[str, str]:
    """Return the control fields of the re-packed package; `note` tells people what it is."""
    paragraphs = list(originals)
    inherited = {
        name: _merged((original.get(name, "") for original in paragraphs), repack.without | set(repack.of))
        for name in RELATIONS
    }
    added = repack.relations.get("Depends", "")
    depends = ", ".join(part for part in (added, inherited["Depends"]) if part)
    return {
        "Package": repack.package,
        "Version": version,
        "Maintainer": "gpudock lab <root@localhost>",
        **{name: paragraphs[0].get(name, "") for name in KEPT},
        "Pre-Depends": inherited["Pre-Depends"],
        **repack.relations,
        "Depends": depends,
        "Description": f"{repack.package} for the gpudock lab, a re-pack\n {note}",
    }


def _merged(lists: Iterable[str], left_out: frozenset[str] | set[str]) -> str:
    """Join comma-separated relations, each once, in their order."""
    relations = [part.strip() for text in lists for part in text.split(",") if part.strip()]
    kept = [part for part in relations if re.split(r"[\s(:|]", part)[0] not in left_out]
    return ", ".join(dict.fromkeys(kept))
