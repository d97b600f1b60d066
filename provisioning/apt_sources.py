"""apt's source files: which entries are a vendor's, and the text of a file with those switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from debian._deb822_repro import Deb822ParagraphElement, parse_deb822_file

MARK = "# switched off by gpudock: "
_ONE_LINE = re.compile(r"\s*(?:deb|deb-src)\s+(?:\[[^\]]*\]\s*)?(?P<uri>\S+)\s+\S")

# NVIDIA's container packages have been served under all of these (provisioning reference: legacy repository paths).
_TOOLKIT_PATHS = re.compile(r"/(?:libnvidia-container|nvidia-docker|nvidia-container-runtime)(?:/|$)")
_DOCKER_PATHS = re.compile(r"/linux/(?:ubuntu|debian|raspbian)/?$")


def is_docker(uri: str) -> bool:
    """Tell whether `uri` is Docker's repository or a mirror of it: all of them keep `/linux/<family>` at the end."""
    parts = urlsplit(uri)
    known = "docker" in f"{parts.netloc}{parts.path}"
    return known and bool(_DOCKER_PATHS.search(parts.path))


def is_toolkit(uri: str) -> bool:
    return bool(_TOOLKIT_PATHS.search(urlsplit(uri).path))


@lru_cache(maxsize=256)  # parsing takes a millisecond, and many hosts have the same files
def uris(path: str, text: str) -> tuple[str, ...]:
    """Return where apt would look because of a file called `path`."""
    if not path.endswith(".sources"):
        return tuple(found["uri"] for found in map(_ONE_LINE.match, text.splitlines()) if found)
    file = parse_deb822_file(text.splitlines(keepends=True), accept_files_with_error_tokens=True)
    return tuple(uri for stanza in file if _is_on(stanza) for uri in _uris(stanza))


def _uris(stanza: Deb822ParagraphElement) -> list[str]:
    return str(stanza["URIs"]).split()


def _is_on(stanza: Deb822ParagraphElement) -> bool:
    return "URIs" in stanza and str(stanza.get("Enabled", "yes")).strip().lower() not in {"no", "false", "0", "off"}


def without(path: str, text: str, unwanted: Callable[[str], bool]) -> str:
    """Return `text` with every entry switched off that has an URI which is `unwanted`; all else stays as it is."""
    if not path.endswith(".sources"):
        return "".join(_without_line(line, unwanted) for line in text.splitlines(keepends=True))
    file = parse_deb822_file(text.splitlines(keepends=True), accept_files_with_error_tokens=True)
    wrong = [stanza for stanza in file if _is_on(stanza) and any(map(unwanted, _uris(stanza)))]
    for stanza in wrong:
        stanza["Enabled"] = "no"
    return file.dump() if wrong else text


def _without_line(line: str, unwanted: Callable[[str], bool]) -> str:
    found = _ONE_LINE.match(line)
    return f"{MARK}{line}" if found and unwanted(found["uri"]) else line
