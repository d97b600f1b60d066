"""The shape of the code: imports point one way, libraries stay in their place, files and functions stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = (
    ("provisioning", "provisioning.errors", "provisioning.discovery", "provisioning.starting_up"),
    (
        "provisioning.command",
        "provisioning.hosts",
        "provisioning.input_file",
        "provisioning.signing_key",
        "provisioning.daemon_json",
        "provisioning.versions",
        "provisioning.apt_sources",
        "provisioning.engine_wishes",
    ),
    (
        "provisioning.probe",
        "provisioning.probes",
        "provisioning.settings",
        "provisioning.runners",
        "provisioning.mirrors",
    ),
    ("provisioning.plan", "provisioning.gpu", "provisioning.package_source"),
    ("provisioning.engine_config",),
    ("provisioning.available", "provisioning.data_root", "provisioning.platform"),
    ("provisioning.selection",),
    ("provisioning.step", "provisioning.steps", "provisioning.containers", "provisioning.toolbox"),
    ("provisioning.apt_pins",),
    ("provisioning.planner", "provisioning.journal", "provisioning.script", "provisioning.fleet"),
    ("provisioning.engine",),
    ("provisioning.lookups", "provisioning.apply", "provisioning.history", "provisioning.rollback"),
    ("lab",),
    ("checks", "benchmarks"),
    ("provisioning.tasks", "provisioning.operations"),
    ("provisioning.task_options", "provisioning.grammar", "provisioning.listing", "provisioning.cli"),
    ("tasks",),
    ("tests",),
)
"""Lowest first: a module imports its own layer and those before it. A package stands for all that is in it."""

HOMES = {
    "subprocess": ("provisioning.runners", "lab", "benchmarks", "tests"),
    "socket": ("provisioning.runners", "lab", "benchmarks", "tests"),
    "fabric": ("provisioning.runners", "benchmarks", "tests"),
    "paramiko": ("provisioning.runners", "benchmarks", "tests"),
    "rich": ("checks.reports", "provisioning.tasks", "provisioning.operations", "benchmarks", "tests"),
}
"""Who may import what leaves the process or draws on the terminal."""

FILE_LINES = 250
FUNCTION_LINES = 40


def sources() -> list[Path]:
    folders = [ROOT / name for name in ("provisioning", "checks", "lab", "benchmarks", "tests")]
    return [ROOT / "tasks.py", *(path for folder in folders for path in sorted(folder.rglob("*.py")))]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sources()}


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield what `tree` imports, as full names of modules; `from package import module` names the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ([name for name in inner if name in MODULES] or [node.module])


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def layer(module: str) -> int | None:
    """Return the number of the layer that names `module`, or the nearest package around it."""
    named = {name: number for number, names in enumerate(LAYERS) for name in names}
    known = [name for name in named if name != "provisioning" and is_within(module, name)]
    return named[max(known, key=len)] if known else named.get(module)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    mine = layer(module)
    assert mine is not None, f"give {module} a place in LAYERS"
    upward = [name for name in imports(MODULES[module]) if (layer(name) or 0) > mine]
    assert upward == [], f"{module} imports what is built on top of it"


@pytest.mark.parametrize("module", [module for module in MODULES if is_within(module, "lab")])
def test_the_lab_takes_only_the_errors_from_the_product(module: str) -> None:
    ours = {name for name in imports(MODULES[module]) if name.split(".")[0] in ("provisioning", "checks")}
    assert ours <= {"provisioning.errors"}


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_place(library: str) -> None:
    strangers = [
        module
        for module, tree in MODULES.items()
        if any(is_within(name, library) for name in imports(tree))
        and not any(is_within(module, home) for home in HOMES[library])
    ]
    assert strangers == []


def test_one_module_speaks_http() -> None:
    speakers = [module for module in MODULES if any(is_within(name, "requests") for name in imports(MODULES[module]))]
    assert len(speakers) <= 1


@pytest.mark.parametrize("path", [*sources(), ROOT / "gpudock", *ROOT.glob("provisioning/*.sh")], ids=lambda p: p.name)
def test_a_file_is_read_at_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of the body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_a_function_does_one_thing() -> None:
    long = [
        f"{module}.{node.name}: {length(node)} lines"
        for module, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION_LINES
    ]
    assert long == []
