"""The benchmarks ask the package for what it has, though no test runs them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import b12guide

FOLDER = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = sorted(FOLDER.rglob("*.py"))
MODULES = {module.name for module in walk_packages(b12guide.__path__, "b12guide.")}


def imported(script: Path) -> Iterator[tuple[str, str]]:
    """The names that `script` imports from the package, each with its module."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("b12guide"):
            yield from ((str(node.module), name.name) for name in node.names)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_a_benchmark_imports_exists(script: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in imported(script)
        if not hasattr(import_module(module), name)
        and f"{module}.{name}" not in MODULES
    ]

    assert missing == []
