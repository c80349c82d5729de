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


def test_what_is_written_by_hand_is_what_the_guideline_says_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the yardstick of speed, and nothing else would notice that it measures less."""
    monkeypatch.syspath_prepend(FOLDER)
    by_hand, drawn = import_module("by_hand"), import_module("people")
    evaluator = b12guide.load("mecobalamin_im").evaluator
    for facts in drawn.people(evaluator.graph, evaluator.program, 300):
        written = by_hand.verdicts(facts.values, facts.definitions)

        assert bytes(written) == evaluator.function(facts)
