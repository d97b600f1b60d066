"""What a person types for a container, read into what a ContainerSpec holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from provisioning.errors import UsageError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIZE = re.compile(r"([1-9][0-9]{0,8})([kmg]?)b?", re.IGNORECASE)
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def environment(given: Sequence[str], ours: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the variables of `--env NAME=VALUE`; those of `--env NAME` are as in `ours`. Raises UsageError."""
    return tuple(_variable(text, ours) for text in given)


def _variable(text: str, ours: Mapping[str, str]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not _VARIABLE.fullmatch(name):
        raise UsageError(f"--env takes NAME=VALUE or NAME, and was given {text!r}.")
    if equals:
        return name, value
    if name not in ours:
        raise UsageError(f"--env {name}: there is no such variable here.", f"Give it a value: --env {name}=VALUE")
    return name, ours[name]


def size(option: str, text: str) -> int:
    """Return the bytes of `8g`; 0 for ''. Raises UsageError."""
    if not text:
        return 0
    found = _SIZE.fullmatch(text)
    if not found:
        raise UsageError(f"{option} takes a number with k, m or g, such as 8g, and was given {text!r}.")
    return int(found[1]) * _UNITS[found[2].lower()]


def container_name(text: str) -> str:
    """Return `text` where Docker takes it for a container's name. Raises UsageError."""
    if text and not is_container_name(text):
        raise UsageError(
            f"--name {text}: not a name that Docker takes.", "Letters, digits, and after the first also `_`, `.`, `-`."
        )
    return text


def is_container_name(text: str) -> bool:
    """Tell whether Docker takes it for one."""
    return bool(_NAME.fullmatch(text))
