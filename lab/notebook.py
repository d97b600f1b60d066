"""Images with a Jupyter server for the lab's registry: Debian's own jupyter-server under three well-known names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from lab import network, releases, services
from lab.built import built, recipe
from lab.debian import KEYRING, Mirror, find_mirror, machine_route_settings
from lab.lock import locked
from lab.places import DOWNLOADS, REGISTRY
from lab.registry.images import NOTICE, Image, image, layer
from lab.registry.push import push
from lab.shell import run

INCLUDED = ("base-files", "dash", "coreutils", "grep", "sed", "jupyter-server", "python3-pip")
# pip shall install into the image, as it does in the images that this one stands in for.
LEFT_OUT = (
    "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*",
    "/usr/lib/*/gconv/*", "/usr/lib/python3*/EXTERNALLY-MANAGED",
)  # fmt: skip
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
PORT_OF_A_WORKSPACE = 8080

# As the images do it that are meant: the one by its environment, the other not at all.
_WORKSPACE_CONFIG = """\
import os
c.IdentityProvider.token = os.environ.get("AUTHENTICATE_VIA_JUPYTER", "")
"""
_SERVE = ("jupyter-server", "--ip=0.0.0.0", "--allow-root", "--no-browser")
_OPEN = (*_SERVE, "--IdentityProvider.token=")
_WORKSPACE = (*_SERVE, f"--port={PORT_OF_A_WORKSPACE}", "--config=/etc/workspace.py")


def add_notebook_images(say: Callable[[str], None]) -> None:
    """Push the images, unless it was done; the lab must be prepared. Takes a minute the first time."""
    debian, settings = find_mirror(None, say), machine_route_settings()

    def build(_: Path) -> None:
        tar = DOWNLOADS / "notebook.tar"
        _bootstrap(tar, debian, settings)
        for each in images(tar.read_bytes(), run("dpkg", "--print-architecture").strip()):
            push(f"http://{network.connect().gateway}:{services.REGISTRY_PORT}", each)
        tar.unlink()

    place = REGISTRY / f"notebook-{recipe(['notebook.py', 'registry'], debian, settings)}"
    with locked(say):
        built(place, build, "Making images with Debian's jupyter-server for the registry (about a minute, once).", say)


def images(tree: bytes, architecture: str) -> Iterator[Image]:
    """Make the images from the tar of a Debian with jupyter-server: one that is safe, one open to all, a workspace."""
    files = {
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n",
        "etc/group": b"root:x:0:\nusers:x:100:\n",
        "etc/workspace.py": _WORKSPACE_CONFIG.encode(),
        "etc/stand-in": f"{NOTICE}\n".encode(),
        "etc/ssl/certs/ca-certificates.crt": AUTHORITIES.read_bytes(),  # pip loads it, whatever it installs
    }
    layers = (tree, layer(files))
    for name, command in (
        ("jupyter/base-notebook:latest", _SERVE),
        ("ufoym/deepo:all-jupyter", _OPEN),
        ("dagshub/ml-workspace:latest", _WORKSPACE),
    ):
        yield image(name, layers, architecture=architecture, command=command)


def _bootstrap(tar: Path, mirror: Mirror, settings: tuple[str, ...]) -> None:
    """Unpack without setting up: Python needs no more, and it takes half the time."""
    release = releases.named(releases.DEFAULT).debian
    tar.parent.mkdir(exist_ok=True)
    run(
        *("mmdebstrap", "--quiet", "--variant=extract", "--skip=output/dev", f"--include={','.join(INCLUDED)}"),
        *(f"--aptopt={line.rstrip(';')}" for line in settings),
        *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
        '--customize-hook=chroot "$1" python3 -m compileall -q -j 2 /usr/lib/python3* || true',
        *(release, str(tar), f"deb [signed-by={KEYRING}] {mirror.archive} {release} main"),
    )
