"""The package sources and the images of the lab: built where they are missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import services
from lab.built import built, recipe
from lab.debian import Mirror
from lab.packages import engine, toolkit
from lab.packages.fetch import fetch
from lab.packages.source import dismiss_agent, make_signing_key
from lab.places import DOWNLOADS, PACKAGES, REGISTRY
from lab.registry.catalogue import images
from lab.registry.push import push
from lab.shell import run

Say = Callable[[str], None]

INDEXING = ("packages/control.py", "packages/source.py")
ENGINE_FILES = (*INDEXING, "releases.py", "packages/engine.py", "packages/fetch.py")
TOOLKIT_FILES = (*INDEXING, "packages/toolkit.py", "packages/toolkit_files", "gpu/shared_object.py")

ENGINE_KEY = Path("linux/debian/gpg")
TOOLKIT_KEY = Path("libnvidia-container/gpgkey")


def engine_source(mirror: Mirror, release: str, say: Say) -> Path:
    """Return a directory with a source laid out as Docker's in `linux`, its key at ENGINE_KEY.

    It serves hosts with this Debian release, and the stand-ins that are this release in truth.
    """

    def build(place: Path) -> None:
        make_signing_key(engine.SIGNER, place / ENGINE_KEY)
        with _workplace("engine") as work:
            debs: dict[str, Path] = {}
            for origin, packages in engine.originals(release).items():
                debs.update(fetch(mirror, origin, packages, work / f"from-{origin}"))
            engine.build_engine_source(place / "linux", release, debs, work)
        dismiss_agent()

    sentence = "Re-packing Debian's container engine under the names of Docker's packages (about 10 seconds, once)."
    return built(PACKAGES / f"docker-{recipe(ENGINE_FILES, mirror, release)}", build, sentence, say)


def toolkit_source(say: Say) -> Path:
    """Return a directory with a source laid out as NVIDIA's in `libnvidia-container`, its key at TOOLKIT_KEY."""

    def build(place: Path) -> None:
        make_signing_key(toolkit.SIGNER, place / TOOLKIT_KEY)
        with _workplace("toolkit") as work:
            toolkit.build_toolkit_source(place / "libnvidia-container", work)
        dismiss_agent()

    sentence = "Building the stand-in packages of the NVIDIA container toolkit."
    return built(PACKAGES / f"toolkit-{recipe(TOOLKIT_FILES)}", build, sentence, say)


def registry_programs(mirror: Mirror, release: str, say: Say) -> Path:
    """Return a directory with Debian's docker-registry and busybox, unpacked and not installed."""

    def build(place: Path) -> None:
        with _workplace("registry") as work:
            for deb in fetch(mirror, release, ("docker-registry", "busybox-static"), work).values():
                run("dpkg-deb", "--extract", str(deb), str(place))

    return built(services.REGISTRY_PROGRAMS, build, "Fetching a registry for the lab's images.", say)


def fill_registry(address: str, say: Say) -> None:
    """Push the images, unless it was done; the registry listens on `address`."""

    def build(_: Path) -> None:
        busybox = services.REGISTRY_PROGRAMS / "usr/bin/busybox"
        architecture = run("dpkg", "--print-architecture").strip()
        for image in images(busybox.read_bytes(), run(str(busybox), "--list").split(), architecture):
            push(f"http://{address}:{services.REGISTRY_PORT}", image)

    sentence = "Filling the registry with hello-world and the CUDA base images."
    built(REGISTRY / f"filled-{recipe(['registry'])}", build, sentence, say)


@contextmanager
def _workplace(name: str) -> Iterator[Path]:
    """Give a directory for what is needed only while something is built."""
    place = DOWNLOADS / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    yield place
    shutil.rmtree(place)
