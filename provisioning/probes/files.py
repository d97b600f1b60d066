"""The files that gpudock owns or edits on a host, as they are now."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioning.command import hide_users
from provisioning.probe import Probe

ABSENT = "absent"
IS_A_DIRECTORY = "is a directory"


@dataclass(frozen=True)
class File:
    """A regular file (symbolic links followed), or one that is not there (`content` None)."""

    path: str
    content: bytes | None = None

    @property
    def seen(self) -> str:
        """What travels with a change to the file: its SHA-256, or `absent`."""
        return ABSENT if self.content is None else hashlib.sha256(self.content).hexdigest()

    @property
    def text(self) -> str:
        return (self.content or b"").decode("utf-8", "surrogateescape")


def reading(*paths: str, skip: str = "") -> str:
    """Return the snippet that prints each path with its content in base64. Unreadable is no answer at all.

    `skip`: patterns, with `|` between them, of what a glob finds and nobody wants to know.
    """
    listed = " ".join(paths)
    return f"""
for path in {listed}; do
  case $path in {skip or "''"}) continue;; esac
  if [ -d "$path" ]; then echo "$path {IS_A_DIRECTORY}" >&2; exit 1; fi
  if [ -e "$path" ]; then content=$(base64 -w 0 <"$path") || exit 1; echo "$path present $content"
  else echo "$path absent"; fi
done"""


def parse(text: str) -> Mapping[str, File]:
    rows = [line.split(" ") for line in text.splitlines()]
    return {
        row[0]: File(row[0], base64.b64decode(row[2], validate=True) if row[1] == "present" else None) for row in rows
    }


def redacted(text: str, shown: Callable[[str], str]) -> str:
    """Return the snippet's answer with each file's text as `shown` makes it; for the `redact` of a probe."""
    return "".join(_answered(file, shown) for file in parse(text).values())


def _answered(file: File, shown: Callable[[str], str]) -> str:
    if file.content is None:
        return f"{file.path} absent\n"
    content = shown(file.text).encode("utf-8", "surrogateescape")
    return f"{file.path} present {base64.b64encode(content).decode()}\n"


DOCKER_KEY = "/etc/apt/keyrings/docker.asc"
DOCKER_SOURCE = "/etc/apt/sources.list.d/docker.sources"
TOOLKIT_KEY = "/etc/apt/keyrings/nvidia-container-toolkit.asc"
TOOLKIT_SOURCE = "/etc/apt/sources.list.d/nvidia-container-toolkit.sources"

TOOLKIT_PIN = "/etc/apt/preferences.d/gpudock-nvidia.pref"

SOURCES = Probe[Mapping[str, File]](
    "sources",
    reading(DOCKER_KEY, DOCKER_SOURCE, TOOLKIT_KEY, TOOLKIT_SOURCE, TOOLKIT_PIN),
    parse,
    redact=lambda text: redacted(text, hide_users),
)
