"""Nobody outside `b12guide.regimen` looks at a phase of a schedule by its place.

Timelines, audits and burdens once read `phases[0]` and forgot the rest. Whoever wants to know what
is due, how long or by which route asks the regimen (`doses_due`, `phase_on`, `routes`, ...).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "b12guide"
HOME = SOURCE / "regimen"


def is_phases(node: ast.expr) -> bool:
    """Whether an expression is a sequence of phases, by its name."""
    match node:
        case ast.Attribute(attr="phases") | ast.Name(id="phases"):
            return True
        case ast.Call(func=ast.Name(id="phases_of" | "tuple" | "list" | "iter")):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            return name == "phases_of" or any(map(is_phases, node.args))
        case _:
            return False


def by_place(tree: ast.AST) -> Iterator[int]:
    """The lines on which a phase is picked by its place."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=value) if is_phases(value):
                yield node.lineno
            case ast.Call(func=ast.Name(id="next"), args=[first, *_]) if is_phases(
                first
            ):
                yield node.lineno
            case _:
                pass


FILES = [path for path in SOURCE.rglob("*.py") if HOME not in path.parents]


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix()
)
def test_no_phase_is_picked_by_its_place(path: Path) -> None:
    lines = list(by_place(ast.parse(path.read_text(encoding="utf-8"))))

    assert lines == []


@pytest.mark.parametrize(
    "planted",
    [
        "option.advice.phases[0].route",
        "regimen.phases[-1]",
        "phases = regimen.phases\nphases[0]",
        "phases_of(rule)[0]",
        "next(iter(regimen.phases))",
    ],
)
def test_a_planted_look_is_found(planted: str) -> None:
    assert list(by_place(ast.parse(planted)))
