"""Find what a package declares: a new step, probe or check is one file, listed nowhere."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

D = TypeVar("D")


def declared(package: ModuleType, kind: type[D]) -> list[D]:
    """Return every module-level `kind` in the modules of `package`, each once, in the order of file and line."""
    found: dict[int, D] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found.update((id(value), value) for value in vars(module).values() if isinstance(value, kind))
    return list(found.values())
