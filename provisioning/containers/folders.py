"""Folders and files of a host that a container shall have: where they are, and whether the login user may use them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provisioning.errors import UsageError
from provisioning.probe import Facts, Probe

# Root may read everything, so it is the login user who tries; a relative path begins at that user's home.
_SNIPPET = r"""
id=${GPUDOCK_LOGIN#uid=}; id=${id%%(*}
entry=$(getent passwd "$id"); user=${entry%%:*}; home=${entry%:*}; home=${home##*:}
as_user() { if [ "$(id -u)" = "$id" ]; then "$@"; else runuser -u "$user" -- "$@"; fi; }
look() {
  at=$1; case $at in /*) ;; '~') at=$home;; '~/'*) at=$home/${at#'~/'};; *) at=$home/$at;; esac
  whole=$(realpath -m -- "$at" 2>/dev/null) && at=$whole # busybox knows no -m
  kind=none; [ -e "$at" ] && kind=other; [ -f "$at" ] && kind=file; [ -d "$at" ] && kind=folder
  may=; as_user test -r "$at" && may=r; as_user test -w "$at" && may=${may}w
  up=$at; while [ ! -e "$up" ]; do up=${up%/*}; up=${up:-/}; done
  set -- $(stat -f -c '%a %S' -- "$up")
  printf '%s %s %s %s\n' "$kind" "${may:--}" "$((${1:-0} * ${2:-0}))" "$at"
}
"""


@dataclass(frozen=True)
class Place:
    path: str
    """Absolute, without links."""
    kind: str
    """none, file, folder, other."""
    readable: bool
    writable: bool
    free: int = 0
    """Bytes that a user may still fill there, or in the nearest folder above that exists; 0 where nobody knows."""


def folders_probe(asked: Sequence[str]) -> Probe[Mapping[str, Place]]:
    """Return the question for `asked` paths; its fact has them by the text that they were asked with.

    Raises UsageError for a path of several lines, which no answer of lines could tell.
    """
    for path in asked:
        if "\n" in path:
            raise UsageError(f"{path!r} has a line break in it.", "Rename it, or name another folder.")

    def parse(text: str) -> Mapping[str, Place]:
        rows = (line.split(" ", 3) for line in text.splitlines())
        places = [Place(path, kind, "r" in may, "w" in may, int(free)) for kind, may, free, path in rows]
        return dict(zip(asked, places, strict=True))

    return Probe("folders", _SNIPPET + "\n".join(f"look {shlex.quote(path)}" for path in asked), parse)


def require_folder(facts: Facts, probe: Probe[Mapping[str, Place]], asked: str, option: str, host: str) -> Place:
    """Return the folder `asked`. Raises UsageError where it is none, or not readable."""
    place = facts[probe][asked]
    if place.kind == "none":
        raise UsageError(f"{host}: {option} {place.path}: there is no such folder there.", "Name one that exists.")
    if place.kind != "folder":
        raise UsageError(f"{host}: {option} {place.path} is no folder.", "Name a folder.")
    if not place.readable:
        raise UsageError(f"{host}: {option} {place.path} is closed to you.", "Name a folder that you can read.")
    return place
