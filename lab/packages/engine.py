"""A package source laid out as Docker's: Debian's own engine under the names that Docker's packages have."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from lab.packages.control import Repack, parse, render, rewrite
from lab.packages.source import index
from lab.releases import suites
from lab.shell import run

SIGNER = "gpudock lab, in the place of Docker Release (CE deb)"

# Relations as in Docker's packages of this series, apart from the names that only exist in Debian's.
REPACKS = (
    Repack(
        "docker-ce",
        of=("docker.io",),
        without=frozenset({"containerd", "runc"}),
        relations={
            "Depends": "containerd.io (>= 1.6.24), docker-ce-cli",
            "Recommends": "apparmor, ca-certificates, docker-ce-rootless-extras, git, libltdl7, pigz, procps, xz-utils",
            "Conflicts": "docker (<< 1.5~), docker-engine, docker.io",
            "Replaces": "docker-engine",
        },
    ),
    Repack(
        "docker-ce-cli",
        of=("docker-cli",),
        relations={
            "Recommends": "docker-buildx-plugin, docker-compose-plugin",
            "Conflicts": "docker (<< 1.5~), docker-engine, docker-cli, docker.io (<< 26)",
            "Replaces": "docker-ce (<< 5:0), docker-cli",
        },
    ),
    Repack(
        "containerd.io",
        of=("containerd", "runc"),
        relations={"Provides": "containerd, runc", "Conflicts": "containerd, runc", "Replaces": "containerd, runc"},
    ),
    Repack(
        "docker-buildx-plugin",
        of=("docker-buildx",),
        relations={"Enhances": "docker-ce-cli", "Conflicts": "docker-buildx", "Replaces": "docker-buildx"},
    ),
    Repack(
        "docker-compose-plugin",
        of=("docker-compose",),
        relations={"Enhances": "docker-ce-cli", "Conflicts": "docker-compose", "Replaces": "docker-compose"},
    ),
    Repack(
        "docker-ce-rootless-extras",
        of=("rootlesskit",),
        relations={
            "Depends": "dbus-user-session",
            "Recommends": "slirp4netns (>= 0.4.0)",
            "Enhances": "docker-ce",
            "Conflicts": "rootlesskit",
            "Replaces": "rootlesskit",
        },
    ),
)

# The engine of Debian 12 itself is 20.10, without CDI and `dockerd --validate`. Debian 13's runs there too; not so its
# runc, which asks for a newer libc.
ENGINE_FROM = "trixie"
NATIVE = ("runc",)

SUFFIX: Mapping[str, str] = {"trixie": "debian.13~trixie", "bookworm": "debian.12~bookworm"}
# Oldest first. There is one build in Debian: the older edition is the same program under an older number,
# enough to test pins and upgrades.
EDITIONS: tuple[Mapping[str, str], ...] = (
    {"engine": "5:26.1.4-1", "containerd.io": "1.7.23-1", "docker-buildx-plugin": "0.13.0-1",
     "docker-compose-plugin": "2.26.0-1"},
    {"engine": "5:26.1.5-1", "containerd.io": "1.7.24-1", "docker-buildx-plugin": "0.13.1-1",
     "docker-compose-plugin": "2.26.1-1"},
)  # fmt: skip

ROOTLESS_SCRIPTS = Path("usr/share/docker.io/contrib")


def originals(release: str) -> Mapping[str, list[str]]:
    """Name the packages that the engine for a Debian release is made of, by the release that they come from."""
    found: dict[str, list[str]] = {}
    for name in (name for repack in REPACKS for name in repack.of):
        found.setdefault(release if name in NATIVE else ENGINE_FROM, []).append(name)
    return found


def build_engine_source(root: Path, release: str, debs: Mapping[str, Path], work: Path) -> None:
    """Fill `root` (Docker's `linux`) with both editions for a Debian release, indexed and signed.

    `debs` maps each name of `originals` to Debian's package file. Stand-ins get the same packages, in the place
    where Docker has those of the system that they stand in for.
    """
    architecture = run("dpkg", "--print-architecture").strip()
    built = work / "pool"
    built.mkdir()
    for repack in REPACKS:
        _build(repack, release, debs, work / repack.package, built)
    for family, suite in suites(release):
        _publish(built, root / family, suite, architecture)


def _publish(built: Path, root: Path, release: str, architecture: str) -> None:
    suite = root / "dists" / release
    pool = suite / "pool/stable" / architecture
    shutil.copytree(built, pool, copy_function=os.link)
    fields = {
        "Origin": "Docker",
        "Label": "Docker CE (gpudock lab)",
        "Suite": release,
        "Codename": release,
        "Architectures": architecture,
        "Components": "stable",
    }
    packages_at = suite / f"stable/binary-{architecture}"
    index(root, pool=pool, release_at=suite, packages_at=packages_at, fields=fields, key=SIGNER)


def version_of(repack: Repack, edition: Mapping[str, str], release: str) -> str:
    """Return the package's version in an edition; the engine, its client and extras have one in common."""
    return f"{edition.get(repack.package, edition['engine'])}~{SUFFIX[release]}"


def _build(repack: Repack, release: str, debs: Mapping[str, Path], tree: Path, pool: Path) -> None:
    paragraphs = [_unpack(debs[name], tree) for name in repack.of]
    _move_rootless_scripts(repack, tree, debs)
    if repack.package == "docker-ce":
        postrm = tree / "DEBIAN/postrm"
        postrm.write_text(without_purge(postrm.read_text()))
    for edition in EDITIONS:
        version = version_of(repack, edition, release)
        origins = ", ".join(f"{each['Package']} {each['Version']}" for each in paragraphs)
        note = f"Debian's {origins}, re-packed under the vendor's name and number for tests."
        (tree / "DEBIAN/control").write_text(render(rewrite(repack, paragraphs, version, note)))
        run("dpkg-deb", "--root-owner-group", "-Zzstd", "-z1", "--build", str(tree), str(pool))
    shutil.rmtree(tree)


def without_purge(postrm: str) -> str:
    """Return Debian's script without the part that deletes /var/lib/docker: Docker's package leaves data alone."""
    return re.sub(r'^case "\$1" in\s+purge\)\n.*?^esac\n', "", postrm, flags=re.DOTALL | re.MULTILINE)


def _unpack(deb: Path, tree: Path) -> dict[str, str]:
    """Unpack a package over what the tree holds already; maintainer scripts of the first one stay."""
    tree.mkdir(parents=True, exist_ok=True)
    run("dpkg-deb", "--extract", str(deb), str(tree))
    scripts = tree / "DEBIAN"
    if not scripts.exists():
        run("dpkg-deb", "--control", str(deb), str(scripts))
        (scripts / "md5sums").unlink(missing_ok=True)
    return parse(run("dpkg-deb", "--field", str(deb)))


def _move_rootless_scripts(repack: Repack, tree: Path, debs: Mapping[str, Path]) -> None:
    """Docker has the scripts for rootless mode in a package of their own."""
    if repack.package == "docker-ce":
        shutil.rmtree(tree / ROOTLESS_SCRIPTS)
    if repack.package == "docker-ce-rootless-extras":
        unpacked = tree.with_name("docker.io")
        run("dpkg-deb", "--extract", str(debs["docker.io"]), str(unpacked))
        for script in (unpacked / ROOTLESS_SCRIPTS).glob("dockerd-rootless*"):
            shutil.copy(script, tree / "usr/bin" / script.name)
        shutil.rmtree(unpacked)
