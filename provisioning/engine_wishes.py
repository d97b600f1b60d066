"""What a person wants in daemon.json, of options that need no knowledge of its form, or of a file of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from provisioning.command import Secret
from provisioning.daemon_json import Document, load, merge
from provisioning.errors import UsageError, plainly
from provisioning.input_file import read_input

_RUNTIME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_SIZE = re.compile(r"[1-9][0-9]*[kmg]")


def engine_wishes(
    *, default_runtime: str, proxy: str, no_proxy: str, log_max_size: str, log_max_files: int, file: str
) -> Document:
    """Return the patch for daemon.json, credentials in it as Secrets. The options win over the file.

    Raises UsageError naming option, value and allowed form.
    """
    patch: dict[str, Any] = {}
    if default_runtime:
        patch["default-runtime"] = _runtime(default_runtime)
    if proxy or no_proxy:
        patch["proxies"] = _proxies(proxy, no_proxy)
    if log_max_size or log_max_files:
        patch["log-opts"] = _log_options(log_max_size, log_max_files)
    return merge(_from_file(file), patch) if file else patch


def _runtime(name: str) -> str:
    if not _RUNTIME.fullmatch(name):
        raise UsageError(f"--default-runtime {name}: not the name of a runtime.", "It takes a name such as nvidia.")
    return name


def _proxies(proxy: str, no_proxy: str) -> dict[str, Any]:
    """The value may hold a password, so no error shows it."""
    parts = urlsplit(proxy)
    if proxy and (parts.scheme not in {"http", "https"} or not parts.hostname or not proxy.isprintable()):
        raise UsageError("--proxy: not the address of a proxy.", "It takes http://[USER:PASSWORD@]HOST[:PORT].")
    value = Secret(proxy) if "@" in proxy else proxy
    both = {"http-proxy": value, "https-proxy": value} if proxy else {}
    return {**both, **({"no-proxy": no_proxy} if no_proxy else {})}


def _log_options(size: str, files: int) -> dict[str, str]:
    if size and not _SIZE.fullmatch(size):
        raise UsageError(f"--log-max-size {size}: not a size.", "It takes a number with k, m or g, such as 100m.")
    return {**({"max-size": size} if size else {}), **({"max-file": str(files)} if files else {})}


def _from_file(name: str) -> Document:
    try:
        return load(read_input(Path(name).expanduser()))
    except (OSError, ValueError) as error:
        raise UsageError(f"--daemon-json {name}: {plainly(error)}.", "It takes a file with one JSON object.") from error
