"""apt's preferences: a package that one of them forbids is refused before anything is touched (apt_preferences(5))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from debian.deb822 import Deb822

from provisioning.package_source import PackageSource
from provisioning.probe import Facts
from provisioning.probes.apt import PREFERENCES
from provisioning.probes.files import File
from provisioning.probes.packages import PACKAGES
from provisioning.selection import Vendor, vendors
from provisioning.settings import Settings
from provisioning.steps.packages import sources


@dataclass(frozen=True)
class Pin:
    file: str
    packages: tuple[str, ...]
    of: str
    """Such as `origin "download.docker.com"`."""
    priority: int


def obstacles(facts: Facts, settings: Settings) -> Iterator[str]:
    """Yield a sentence for each pin that keeps apt from a package which is to be installed at its newest version."""
    pins = read(facts[PREFERENCES])
    forbidden: dict[Pin, list[str]] = {}
    for vendor, source in zip(vendors(facts, settings), sources(facts, settings), strict=True):
        for name in _newest(vendor, facts[PACKAGES]):
            pin = ruling(pins, name, source)
            if pin and pin.priority < 0:
                forbidden.setdefault(pin, []).append(name)
    for pin, names in forbidden.items():
        yield (
            f"apt may not install {', '.join(names)}: {pin.file} pins `{' '.join(pin.packages)}` of `{pin.of}`"
            f" to {pin.priority}. Take that entry out; `apt-cache policy {names[0]}` shows what counts."
        )


def _newest(vendor: Vendor, installed: Mapping[str, str]) -> list[str]:
    """Return what apt shall choose a version of: one that is named to it is installed in spite of pins."""
    named = vendor.versioned if vendor.wanted else ()
    return [name for name in vendor.packages if name not in installed and name not in named]


def read(files: Mapping[str, File]) -> list[Pin]:
    """Return the pins in apt's order; what it does not take for an entry is none."""
    return [pin for path, file in files.items() if _is_read(path) for pin in _pins(path, file.text)]


def _is_read(path: str) -> bool:
    """In the directory apt reads names without a dot and those that end in `.pref`."""
    name = path.rpartition("/")[2]
    return "." not in name or name.endswith(".pref")


def _pins(path: str, text: str) -> Iterator[Pin]:
    for entry in Deb822.iter_paragraphs(text.splitlines(), use_apt_pkg=False):
        priority = entry.get("Pin-Priority", "").strip()
        if priority.removeprefix("-").isdecimal():
            yield Pin(path, tuple(entry.get("Package", "").split()), entry.get("Pin", "").strip(), int(priority))


def ruling(pins: list[Pin], name: str, source: PackageSource) -> Pin | None:
    """Return the pin that counts: the first that names the package, else the first for all packages."""
    fitting = [pin for pin in pins if _is_of(pin.of, source)]
    naming = (pin for pin in fitting if any(each != "*" and fnmatchcase(name, each) for each in pin.packages))
    return next(naming, next((pin for pin in fitting if "*" in pin.packages), None))


def _is_of(pin: str, source: PackageSource) -> bool:
    """Tell whether it is about every version, or about this source; `release` with more than that is not known here."""
    kind, _, of = pin.partition(" ")
    of = of.strip().strip('"')
    if kind == "origin":
        return fnmatchcase(urlsplit(source.uri).hostname or "", of)
    if kind == "release":
        return of in {"*", f"o={source.vendor}", f"n={source.suite}"}
    return kind == "version" and of == "*"
