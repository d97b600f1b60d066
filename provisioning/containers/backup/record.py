"""Frozen dataclasses as JSON, and strictly back: a document of another shape is refused, never guessed at."""

from __future__ import annotations

import dataclasses
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_document(value: Any) -> Any:
    """Return `value` as JSON knows it; a dataclass names its kind, so that one of several can be told."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {each.name: to_document(getattr(value, each.name)) for each in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [to_document(each) for each in value]
    return value


def from_document(kind: type[T], document: Any) -> T:
    """Return the `kind` that `to_document` wrote. Raises ValueError for anything else."""
    value: T = _read(kind, document, kind.__name__)
    return value


def _read(kind: Any, document: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, document, where)
    if get_origin(kind) in (Union, UnionType):
        return _read(_chosen(get_args(kind), document, where), document, where)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), document, where)
    if type(document) is not kind:
        raise ValueError(f"{where} is {type(document).__name__}, not {kind.__name__}")
    return document


def _read_fields(kind: Any, document: Any, where: str) -> Any:
    names = {each.name for each in dataclasses.fields(kind)}
    if not isinstance(document, dict) or set(document) != {"kind", *names} or document["kind"] != kind.__name__:
        raise ValueError(f"{where} has other fields than {kind.__name__}")
    hints = get_type_hints(kind)
    return kind(**{name: _read(hints[name], document[name], f"{where}.{name}") for name in names})


def _read_tuple(kinds: tuple[Any, ...], document: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(document, list):
        raise ValueError(f"{where} is no list")
    if kinds[-1:] == (...,):
        kinds = (kinds[0],) * len(document)
    if len(kinds) != len(document):
        raise ValueError(f"{where} has {len(document)} values, not {len(kinds)}")
    return tuple(
        _read(kind, each, f"{where}[{at}]") for at, (kind, each) in enumerate(zip(kinds, document, strict=True))
    )


def _chosen(kinds: tuple[Any, ...], document: Any, where: str) -> Any:
    name = document.get("kind") if isinstance(document, dict) else type(document).__name__
    for kind in kinds:
        if kind.__name__ == name:
            return kind
    raise ValueError(f"{where} is of no kind known here: {name}")
