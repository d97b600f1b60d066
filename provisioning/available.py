"""Which versions a vendor's source has: asked of the source itself, in apt state of its own that vanishes again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from provisioning.package_source import PackageSource
from provisioning.probe import Probe
from provisioning.versions import newest_first

NAME = "available"
SECONDS = 60

# Everything that apt would read or write lies in one temporary directory; _apt, as whom it fetches, must reach it.
# A shell of its own, for the probe's has a trap already, which writes down the exit code. An apt before 2.2 knows no
# Error-Mode and succeeds when a source is out of reach, so its lists must be there afterwards.
_SNIPPET = """
(
d=$(mktemp -d) && chmod 755 "$d" || exit 1
trap 'rm -rf "$d"' EXIT
mkdir -p "$d/lists/partial" "$d/cache/archives/partial" "$d/sources"
{files}
set -- -o Dir::State::lists="$d/lists" -o Dir::Cache="$d/cache" -o Dir::Etc::sourcelist=/dev/null \
  -o Dir::Etc::sourceparts="$d/sources" -o Dir::Etc::preferencesparts=/dev/null
apt-get "$@" -qq -o APT::Update::Error-Mode=any update >&2 || exit
fetched() {{ for list in "$d/lists/$1"*; do [ -e "$list" ] && return; done; echo "nothing comes from $2" >&2; exit 1; }}
{checks}
apt-cache "$@" madison {packages}
)
"""


def available_probe(sources: Sequence[PackageSource], packages: Sequence[str]) -> Probe[Mapping[str, list[str]]]:
    """Return the probe that asks `sources` for the versions of `packages`."""
    files = "\n".join(_files(number, source) for number, source in enumerate(sources))
    checks = "\n".join(shlex.join(("fetched", source.lists, source.uri)) for source in sources)
    snippet = _SNIPPET.format(files=files, checks=checks, packages=shlex.join(packages))
    return Probe(NAME, snippet, parse, seconds=SECONDS)


def _files(number: int, source: PackageSource) -> str:
    stanza = replace(source, key_file="KEY").deb822().removesuffix("KEY\n")
    key = f'printf %s {shlex.quote(source.key.armored)} >"$d/{number}.asc"'
    return f'{key}\nprintf "%s%s\\n" {shlex.quote(stanza)} "$d/{number}.asc" >"$d/sources/{number}.sources"'


def parse(text: str) -> Mapping[str, list[str]]:
    """Return package → versions, newest first, of `apt-cache madison`'s lines: `name | version | source`."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        name, version, _ = (part.strip() for part in line.split("|"))
        found.setdefault(name, set()).add(version)
    return {name: newest_first(versions) for name, versions in found.items()}


AVAILABLE = available_probe((), ())
"""The name under which the answer stands; what is asked depends on the host and what is wanted."""
