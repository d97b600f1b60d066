"""A package source laid out as NVIDIA's for its container toolkit, filled with stand-ins of the same names."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.gpu.shared_object import shared_object
from lab.packages.control import render
from lab.packages.source import index
from lab.shell import run

SIGNER = "gpudock lab, in the place of NVIDIA CORPORATION (Open Source Projects)"
VERSIONS = ("1.19.1", "1.20.1")
FILES = Path(__file__).with_name("toolkit_files")


@dataclass(frozen=True, slots=True)
class StandIn:
    """A package of stand-ins: where on the host each of FILES goes, and the relations of the vendor's package.

    `@VERSION@` in relations is filled in; so it is in every file.
    """

    package: str
    files: Mapping[str, str]
    relations: Mapping[str, str]
    scripts: Mapping[str, str] = field(default_factory=dict)


# Names, contents and exact relations as from 1.18 on: apt finds no way to a pinned version unless all are named.
STAND_INS = (
    StandIn("libnvidia-container1", {}, {"Depends": "libc6"}),
    StandIn(
        "libnvidia-container-tools",
        {"nvidia-container-cli": "usr/bin"},
        {"Depends": "libnvidia-container1 (= @VERSION@-1)"},
    ),
    StandIn(
        "nvidia-container-toolkit-base",
        {
            "nvidia-ctk": "usr/bin",
            "nvidia-container-runtime": "usr/bin",
            "nvidia-cdi-hook": "usr/bin",
            "nvidia-cdi-refresh.service": "usr/lib/systemd/system",
            "nvidia-cdi-refresh.path": "usr/lib/systemd/system",
        },
        {"Breaks": "nvidia-container-runtime (<= 3.5.0-1), nvidia-container-runtime-hook"},
        {"postinst": "base.postinst", "prerm": "base.prerm"},
    ),
    StandIn(
        "nvidia-container-toolkit",
        {"nvidia-container-runtime-hook": "usr/bin", "config.toml": "etc/nvidia-container-runtime"},
        {
            "Depends": "nvidia-container-toolkit-base (= @VERSION@-1), libnvidia-container-tools (= @VERSION@-1)",
            "Breaks": "nvidia-container-runtime (<= 3.5.0-1), nvidia-container-runtime-hook",
        },
    ),
)


def build_toolkit_source(root: Path, work: Path) -> None:
    """Fill `root` (NVIDIA's `libnvidia-container`) with all versions, indexed and signed."""
    architecture = run("dpkg", "--print-architecture").strip()
    flat = root / "stable/deb" / architecture
    flat.mkdir(parents=True)
    for version in VERSIONS:
        for stand_in in STAND_INS:
            _build(stand_in, version, architecture, work / stand_in.package, flat)
    fields = {"Origin": "gpudock lab, in the place of NVIDIA", "Label": "libnvidia-container", "Suite": "stable"}
    index(flat, pool=flat, release_at=flat, packages_at=flat, fields=fields, key=SIGNER)


def control_fields(stand_in: StandIn, version: str, architecture: str) -> dict[str, str]:
    """Return the control fields of one stand-in package."""
    return {
        "Package": stand_in.package,
        "Version": f"{version}-1",
        "Architecture": architecture,
        "Maintainer": "gpudock lab <root@localhost>",
        "Section": "utils",
        "Priority": "optional",
        **{name: value.replace("@VERSION@", version) for name, value in stand_in.relations.items()},
        "Description": f"stand-in for {stand_in.package} in the gpudock lab\n It drives no GPU.",
    }


def _build(stand_in: StandIn, version: str, architecture: str, tree: Path, pool: Path) -> None:
    for name, place in stand_in.files.items():
        _install(FILES / name, tree / place / name, version)
    for name, source in stand_in.scripts.items():
        _install(FILES / source, tree / "DEBIAN" / name, version)
    if stand_in.package == "libnvidia-container1":
        library = tree / f"usr/lib/{platform.machine()}-linux-gnu/libnvidia-container.so.1"
        library.parent.mkdir(parents=True)
        library.write_bytes(shared_object(library.name, platform.machine()))
    control = tree / "DEBIAN/control"
    control.parent.mkdir(exist_ok=True)
    control.write_text(render(control_fields(stand_in, version, architecture)))
    if "config.toml" in stand_in.files:
        (tree / "DEBIAN/conffiles").write_text("/etc/nvidia-container-runtime/config.toml\n")
    run("dpkg-deb", "--root-owner-group", "--build", str(tree), str(pool))
    shutil.rmtree(tree)


def _install(source: Path, target: Path, version: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text()
    target.write_text(text.replace("@VERSION@", version))
    target.chmod(0o755 if text.startswith("#!") else 0o644)
