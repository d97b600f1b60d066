"""The parts of the lab that are built once: package sources and images, rebuilt when their recipe changes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from lab import services
from lab.debian import Mirror
from lab.packages import engine, toolkit
from lab.packages.fetch import fetch
from lab.packages.source import dismiss_agent, make_signing_key
from lab.places import DOWNLOADS, PACKAGES, REGISTRY
from lab.registry.catalogue import images
from lab.registry.push import push
from lab.shell import run

Say = Callable[[str], None]
HERE = Path(__file__).parent

ENGINE_ROOT = PACKAGES / "linux/debian"
TOOLKIT_ROOT = PACKAGES / "libnvidia-container"
ENGINE_KEY = ENGINE_ROOT / "gpg"
TOOLKIT_KEY = TOOLKIT_ROOT / "gpgkey"


def build_parts(mirror: Mirror, release: str, address: str, say: Say) -> None:
    """Build what is missing or out of date; `address` is the bridge's, where the registry listens."""

    @cache
    def debian() -> Mapping[str, Path]:
        return fetch(mirror, release, (*engine.ORIGINALS, "docker-registry", "busybox-static"))

    _refresh(
        TOOLKIT_ROOT,
        _recipe("packages", "gpu/shared_object.py"),
        "Building the stand-in packages of the NVIDIA container toolkit.",
        _build_toolkit,
        say,
    )
    _refresh(
        ENGINE_ROOT,
        _recipe("packages", extra=release),
        "Re-packing Debian's container engine under the names of Docker's packages (about 10 seconds, once).",
        lambda: _build_engine(release, debian()),
        say,
    )
    _refresh(
        REGISTRY,
        _recipe("registry"),
        "Filling the registry with hello-world and the CUDA base images.",
        lambda: _build_registry(address, debian()),
        say,
    )
    shutil.rmtree(DOWNLOADS, ignore_errors=True)


def _refresh(place: Path, recipe: str, sentence: str, build: Callable[[], None], say: Say) -> None:
    """Build into an empty `place`; the recipe is noted last, so what was not finished is begun anew."""
    noted = place / ".recipe"
    if noted.exists() and noted.read_text() == recipe:
        return
    say(sentence)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    build()
    noted.write_text(recipe)


def _recipe(*sources: str, extra: str = "") -> str:
    """Hash the files of this package that a part is made with."""
    content = hashlib.sha256(extra.encode())
    for source in sources:
        place = HERE / source
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix != ".pyc":
                content.update(path.read_bytes())
    return content.hexdigest()


def _build_toolkit() -> None:
    make_signing_key(toolkit.SIGNER, TOOLKIT_KEY)
    toolkit.build_toolkit_source(TOOLKIT_ROOT, DOWNLOADS / "toolkit")
    dismiss_agent()


def _build_engine(release: str, debs: Mapping[str, Path]) -> None:
    make_signing_key(engine.SIGNER, ENGINE_KEY)
    engine.build_engine_source(ENGINE_ROOT, release, debs, DOWNLOADS / "engine")
    dismiss_agent()


def _build_registry(address: str, debs: Mapping[str, Path]) -> None:
    services.stop(services.registry(address))
    run("dpkg-deb", "--extract", str(debs["docker-registry"]), str(REGISTRY / "program"))
    tools = DOWNLOADS / "busybox"
    run("dpkg-deb", "--extract", str(debs["busybox-static"]), str(tools))
    busybox = tools / "usr/bin/busybox"
    services.write_registry_config(address)
    services.ensure_running(services.registry(address))
    architecture = run("dpkg", "--print-architecture").strip()
    for image in images(busybox.read_bytes(), run(str(busybox), "--list").split(), architecture):
        push(f"http://{address}:{services.REGISTRY_PORT}", image)
