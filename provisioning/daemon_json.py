"""Docker's daemon.json: read without losing a key, hide its credentials, merge, write back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

from provisioning.command import HIDDEN, Secret

PATH = "/etc/docker/daemon.json"

# dockerd rereads these on SIGHUP (dockerd reference, "Configuration reload behavior").
RELOADABLE = frozenset(
    "debug labels live-restore max-concurrent-downloads max-concurrent-uploads max-download-attempts default-runtime "
    "runtimes authorization-plugins insecure-registries registry-mirrors shutdown-timeout features".split()
)

_CREDENTIAL_KEY = re.compile(r"pass|token|secret|auth|credential|api-?key", re.IGNORECASE)
_CREDENTIAL_URL = re.compile(r"(?:^|://)[^/@:\s]+:[^/@\s]+@|://[^/@\s]+@", re.IGNORECASE)

Document = Mapping[str, Any]


def load(text: str) -> Document:
    """Return the document with each credential in it as a Secret. Nothing, or white space, is an empty document.

    Raises ValueError saying where the text is not JSON, or that it is not an object.
    """
    if not text.strip():
        return {}
    try:
        document = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_number, parse_float=_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    if not isinstance(document, dict):
        raise ValueError(f"it holds {type(document).__name__}, not an object")
    return cast(Document, _hide(document, ""))


def _no_number(word: str) -> Any:
    """Python reads and writes NaN and Infinity; JSON has neither, and no engine takes them."""
    raise ValueError(f"{word} is no number of JSON")


def _number(digits: str) -> float:
    number = float(digits)
    return number if isfinite(number) else _no_number(digits)


def _hide(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: _hide(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hide(inner, key) for inner in value]
    if isinstance(value, str) and (_CREDENTIAL_KEY.search(key) or _CREDENTIAL_URL.search(value)):
        return Secret(value)
    return value


def merge(document: Document, patch: Document) -> Document:
    """Return `document` with `patch` laid over it: objects key by key, lists joined, everything else replaced.

    No key of `document` is lost, and merging the same patch again changes nothing. A value that is no object where
    the patch has one is replaced: `"runtimes": []` is what a person wrote who meant none.
    """
    return {
        **document,
        **{key: _merged(document.get(key), value) for key, value in patch.items()},
    }


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return merge(old, new)
    if isinstance(new, Mapping):
        return merge({}, new)
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *(item for item in new if item not in old)]
    return new


def changed_keys(before: Document, after: Document) -> frozenset[str]:
    return frozenset(key for key in {*before, *after} if before.get(key) != after.get(key))


def reload_suffices(before: Document, after: Document) -> bool:
    """Tell whether SIGHUP is enough. `features.cdi` is read when the daemon starts, although `features` reloads."""
    before_features, after_features = (_object(d.get("features")) for d in (before, after))
    return changed_keys(before, after) <= RELOADABLE and before_features.get("cdi") == after_features.get("cdi")


def _object(value: Any) -> Document:
    return value if isinstance(value, Mapping) else {}


def has_secrets(document: Any) -> bool:
    if isinstance(document, Mapping):
        return any(map(has_secrets, document.values()))
    if isinstance(document, list):
        return any(map(has_secrets, document))
    return isinstance(document, Secret)


def dump(document: Document) -> Secret:
    """Return the text of the file, credentials in clear: a Secret itself."""
    return Secret(json.dumps(document, indent=4, ensure_ascii=False, default=_reveal) + "\n")


def shown(document: Document) -> str:
    """Return the text of the file as people may see it."""
    return json.dumps(document, indent=4, ensure_ascii=False, default=lambda _: HIDDEN) + "\n"


def _reveal(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} is not JSON")
