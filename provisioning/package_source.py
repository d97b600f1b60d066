"""A vendor's apt source: one deb822 file and the one key it is signed with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioning.apt_sources import uris
from provisioning.command import hide_users, restore_file, write_file
from provisioning.plan import Change, FileDiff
from provisioning.probe import Facts
from provisioning.probes.files import SOURCES
from provisioning.signing_key import SigningKey

# What apt writes as %xx in the name of a list (apt-pkg, URItoFileName).
_QUOTED = re.compile(r"[\\|{}\[\]<>\"^~_=!@#$%&*]")


@dataclass(frozen=True)
class PackageSource:
    vendor: str
    file: str
    key_file: str
    key: SigningKey
    uri: str
    suite: str
    components: str
    """'' for a flat repository."""
    arch: str

    @property
    def lists(self) -> str:
        """How the names of this source's files under /var/lib/apt/lists begin."""
        return _QUOTED.sub(lambda found: f"%{ord(found[0]):02x}", self.uri.partition("://")[2]).replace("/", "_")

    def deb822(self) -> str:
        lines = ["Types: deb", f"URIs: {self.uri}", f"Suites: {self.suite}"]
        lines += [f"Components: {self.components}"] if self.components else []
        lines += [f"Architectures: {self.arch}", f"Signed-By: {self.key_file}"]
        return "\n".join(lines) + "\n"


def kept_base(facts: Facts, file: str, key_file: str, key: SigningKey, layout: str) -> str:
    """Return the base address that gpudock's own source file has, '' where there is none or another key signs it.

    `layout`: what stands behind the base. A mirror that an earlier run was told of stays without being named again.
    """
    files = facts[SOURCES]
    found = uris(file, files[file].text) if files[key_file].text == key.armored else ()
    bases = [uri.removesuffix(layout) for uri in found if uri.endswith(layout)]
    return bases[0] if bases else ""


def changes(facts: Facts, source: PackageSource) -> list[Change]:
    """Return the change that makes the two files what they shall be, or none."""
    files = facts[SOURCES]
    wanted = ((files[source.key_file], source.key.armored), (files[source.file], source.deb822()))
    wrong = [(file, content) for file, content in wanted if file.text != content]
    if not wrong:
        return []
    return [
        Change(
            f"Add {source.vendor}'s package source, signed by {source.key}",
            tuple(write_file(file.path, content, file.seen) for file, content in wrong),
            undo=tuple(restore_file(file.path) for file, _ in reversed(wrong)),
            diff=FileDiff(source.file, hide_users(files[source.file].text), hide_users(source.deb822())),
        )
    ]
