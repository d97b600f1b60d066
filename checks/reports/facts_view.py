"""Facts as people and programs read them: the typed values, not the raw answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from provisioning.probe import Facts, Probe, UnknownFact
from provisioning.probes.files import File

LONGEST = 300
"""Characters of a value that are still read at a glance."""


def plain(facts: Facts, probes: Iterable[Probe[Any]]) -> dict[str, Any]:
    """Return what each probe found as JSON takes it; `{"unknown": reason}` for what could not be read."""
    return {probe.name: _known(facts, probe) for probe in probes}


def _known(facts: Facts, probe: Probe[Any]) -> Any:
    try:
        return _plain(facts[probe])
    except UnknownFact as missing:
        return {"unknown": missing.reason}


def _plain(value: Any) -> Any:
    if isinstance(value, File):
        return None if value.content is None else value.text
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in sorted(value.items())}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value


def show(console: Console, host: str, facts: Facts, probes: Iterable[Probe[Any]]) -> None:
    console.print(Text(host, style="bold"))
    for name, value in plain(facts, probes).items():
        console.print(Text.assemble("  ", (name, "cyan")) if _is_nested(value) else _line(2, name, value))
        for key, inner in value.items() if _is_nested(value) else ():
            console.print(_line(4, key, inner))


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _line(indent: int, name: str, value: Any) -> Text:
    return Text.assemble(" " * indent, (name, "cyan"), "  ", _words(value))


def _words(value: Any) -> str:
    if value in (None, "", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{len(text)} characters"
