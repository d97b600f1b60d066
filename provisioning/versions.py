"""Which versions a package source has, and which of them a person means by `28` or `28.1`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from debian.debian_support import NativeVersion

from provisioning.errors import UsageError

FORM = re.compile(r"\d+(?:\.\d+)*")


def upstream(version: str) -> tuple[int, ...]:
    """Return the numbers of a Debian version: `5:28.1.1-1~debian.13~trixie` is (28, 1, 1). Raises ValueError."""
    found = FORM.match(NativeVersion(version).upstream_version or "")
    if not found:
        raise ValueError(f"{version!r} has no number")
    return tuple(int(part) for part in found[0].split("."))


def newest_first(versions: Iterable[str]) -> list[str]:
    return sorted(set(versions), key=NativeVersion, reverse=True)


def is_older(version: str, than: str) -> bool:
    """Compare two Debian versions as dpkg does."""
    return bool(NativeVersion(version) < NativeVersion(than))


def version_wanted(option: str, text: str) -> str:
    """Return the version that stands behind `option`, '' where none does. Raises UsageError."""
    if text and not FORM.fullmatch(text):
        raise UsageError(f"{option} {text}: not a version.", "It takes 28, 28.1 or 28.1.1.")
    return text


def choose(wanted: str, available: Sequence[str], option: str) -> str:
    """Return the newest of `available` that `wanted` means, by whole components: `28.1` is not 28.10.

    Raises UsageError with those that exist.
    """
    parts = tuple(int(part) for part in wanted.split("."))
    fitting = [version for version in newest_first(available) if upstream(version)[: len(parts)] == parts]
    if not fitting:
        exist = ", ".join(".".join(map(str, upstream(version))) for version in newest_first(available))
        raise UsageError(f"{option} {wanted}: there is no such version.", f"There are: {exist or 'none at all'}.")
    return fitting[0]
