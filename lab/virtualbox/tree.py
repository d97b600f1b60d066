"""The tree that holds Debian's VirtualBox, of the one release that has it, with the libraries it is linked to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from lab.built import built, forget_unused, recipe
from lab.debian import KEYRING, Mirror, find_mirror, machine_route_settings
from lab.lock import locked
from lab.machine import install_programs, make_state, require_machine
from lab.packages.fetch import fetch
from lab.places import DOWNLOADS, VIRTUALBOX
from lab.shell import CommandFailed, run
from provisioning.errors import LabUnavailable

RELEASE = "sid"
ARCHITECTURE = "amd64"
COMPONENTS = "main,contrib"

# A mirror may be a dated copy, whose Release file of sid is older than it says it may be. It is signed all the same.
SETTINGS = ('Acquire::Check-Valid-Until "false";',)

# Not in any Depends: it has the locale C.UTF-8, without which VBoxManage takes no word that is not ASCII.
LOCALE = "libc-bin"
LIBRARY = re.compile(r"(?:^|, )((?:lib|zlib)[a-z0-9.+-]+)")


def prepare(say: Callable[[str], None]) -> Path:
    """Return the tree with the real VBoxManage, building it when it is missing.

    Raises LabUnavailable where it cannot be made.
    """
    require_machine()
    with locked(say):
        make_state()
        install_programs(say)
        architecture = run("dpkg", "--print-architecture").strip()
        if architecture != ARCHITECTURE:
            raise LabUnavailable(f"Debian has VirtualBox for {ARCHITECTURE}, and this machine is {architecture}.")
        tree = virtualbox_tree(find_mirror(None, say), say)
        forget_unused([VIRTUALBOX], keep=[tree])
    return tree


def libraries(depends: str) -> list[str]:
    """Name the shared libraries in a package's Depends: what its programs need to start.

    The rest of the field is about installing it, and would bring compilers for the kernel module.
    """
    return LIBRARY.findall(depends)


def virtualbox_tree(mirror: Mirror, say: Callable[[str], None]) -> Path:
    """Return the tree as this mirror has it. Raises LabUnavailable."""
    settings = (*machine_route_settings(), *SETTINGS)

    def build(tree: Path) -> None:
        try:
            _bootstrap(tree, mirror, settings)
        except CommandFailed as error:
            raise LabUnavailable(
                f"The real VBoxManage cannot be had: no VirtualBox of Debian {RELEASE} from {mirror.archive}.",
                f"A mirror needs its parts {COMPONENTS}. The last words were:\n{error.message}",
            ) from error

    place = VIRTUALBOX / f"{RELEASE}-{recipe(['virtualbox/tree.py'], mirror, settings)}"
    return built(place, build, f"Unpacking VirtualBox of Debian {RELEASE} (about 15 seconds, once).", say)


def _bootstrap(tree: Path, mirror: Mirror, settings: tuple[str, ...]) -> None:
    work = DOWNLOADS / "virtualbox"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    package = fetch(mirror, RELEASE, ["virtualbox"], work, component="contrib", settings=SETTINGS)["virtualbox"]
    include = ",".join((LOCALE, *libraries(run("dpkg-deb", "--field", str(package), "Depends"))))
    options = [f"--aptopt={line.rstrip(';')}" for line in settings]
    source = f"deb [signed-by={KEYRING}] {mirror.archive} {RELEASE} main"
    extract = ("--mode=root", "--variant=extract", f"--include={include}")
    run("mmdebstrap", "--quiet", *extract, *options, RELEASE, str(tree), source)
    run("dpkg-deb", "--extract", str(package), str(tree))
    shutil.rmtree(work)
