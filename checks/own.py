"""Checks that somebody wrote for their own hosts: a directory of modules with `Check` and `Probe` values."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from checks import graph
from checks.model import Check
from checks.recording import every_probe
from provisioning.errors import UsageError
from provisioning.probe import Probe

PACKAGE = "own_checks"
"""What the directory is called as a package: its modules may import from one another."""
FORM = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9_]+")
_NOT_DECLARATIONS = ("test_", "conftest", "_")
_OF_A_MODULE = (
    *(ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError, ArithmeticError),
    *(OSError, RuntimeError, AssertionError),
)
"""What goes wrong while a module that we did not write is imported."""


@dataclass(frozen=True)
class OwnChecks:
    checks: tuple[Check, ...] = ()
    probes: tuple[Probe[Any], ...] = ()
    """Asked in the same trip as those of gpudock."""


def load(directory: Path) -> OwnChecks:
    """Return what the modules in `directory` declare; tests of pytest's in it are passed over.

    Raises UsageError for a directory or module that cannot be read, an id that there is already, or a need that there
    is not.
    """
    if not directory.is_dir():
        raise UsageError(f"--checks {directory}: there is no such directory.", "Name a directory of Python modules.")
    values = [value for module in _modules(directory) for value in vars(module).values()]
    ours, asked = graph.all_checks(), every_probe()
    own = OwnChecks(
        tuple(_new((value for value in values if isinstance(value, Check)), ours)),
        tuple(_new((value for value in values if isinstance(value, Probe)), asked)),
    )
    _refuse(directory, [*_faults(own.checks, ours), *_faults_of_probes(own.probes, asked)])
    return own


def _modules(directory: Path) -> Iterator[ModuleType]:
    names = sorted(info.name for info in pkgutil.iter_modules([str(directory)]))
    for name in [PACKAGE, *(f"{PACKAGE}.{name}" for name in names)]:
        sys.modules.pop(name, None)  # of another directory, asked for before
    package = sys.modules[PACKAGE] = ModuleType(PACKAGE)
    package.__path__ = [str(directory)]
    importlib.invalidate_caches()
    yield from (_imported(directory, name) for name in names if not name.startswith(_NOT_DECLARATIONS))


def _imported(directory: Path, name: str) -> ModuleType:
    try:
        return importlib.import_module(f"{PACKAGE}.{name}")
    except _OF_A_MODULE as error:
        raise UsageError(
            f"--checks: {directory / name}.py cannot be imported: {type(error).__name__}: {error}.",
            "docs/checks.md shows a module that can.",
        ) from error


def _new(values: Iterable[Any], known: Iterable[Any]) -> list[Any]:
    """Return each value once, without those that a module imported from gpudock."""
    ours = {id(value) for value in known}
    return list({id(value): value for value in values if id(value) not in ours}.values())


def _faults(own: Sequence[Check], ours: Sequence[Check]) -> Iterator[str]:
    known = {check.id for check in ours}
    for check in own:
        if not FORM.fullmatch(check.id):
            yield f"{check.id!r} is no id: a check is called SUBJECT.CLAIM, in small letters"
        if check.id in known:
            yield f"there is a check {check.id!r} already"
        known.add(check.id)
    yield from (
        f"{check.id} needs {need!r}, and there is no such check"
        for check in own
        for need in check.needs
        if need not in known
    )
    if cycle := graph.cycle([*own, *ours]):
        yield f"these need each other: {', '.join(cycle)}"


def _faults_of_probes(own: Sequence[Probe[Any]], ours: Sequence[Probe[Any]]) -> Iterator[str]:
    known = {probe.name for probe in ours}
    for probe in own:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", probe.name):
            yield f"{probe.name!r} is no name of a probe: small letters, digits and _"
        if probe.name in known:
            yield f"there is a probe {probe.name!r} already"
        if probe.starts_containers:
            yield f"probe {probe.name} starts containers, which only gpudock's own do"
        known.add(probe.name)


def _refuse(directory: Path, faults: Sequence[str]) -> None:
    if faults:
        raise UsageError(f"--checks {directory}: {'; '.join(faults)}.", "docs/checks.md says how checks are written.")
