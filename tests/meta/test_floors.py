"""No room names a room above it, not even in a string that is imported when it is wanted.

`lint-imports` holds the imports that stand in the text; this holds those that do not.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
ROOM = re.compile(r"b12guide\.(?P<floor>[a-z]\w*)(\.\w+)*\.?(:\w*)?")


def floors() -> Mapping[str, int]:
    """The number of the floor of each package or room, counted from the top."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        name.strip(" ()"): number
        for number, layer in enumerate(layers)
        for name in layer.split("|")
    }


def named_in(text: str) -> Iterator[tuple[int, str]]:
    """The rooms that strings name, with their lines; whole ones, and beginnings of f-strings."""
    tree = ast.parse(text)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        found = ROOM.fullmatch(str(node.value))
        if found is not None:
            yield node.lineno, found["floor"]


def upwards(room: str, text: str) -> list[str]:
    """What is wrong with the strings of a room."""
    known = floors()
    own = room.split(".")[1]
    return [
        f"{room}:{line} names b12guide.{floor}, which is no floor below"
        for line, floor in named_in(text)
        if floor in known and floor != own and known[floor] <= known[own]
    ]


def rooms() -> list[Path]:
    """Every module but the root, which stands above all floors and appoints the makers."""
    root = SOURCE / "b12guide" / "__init__.py"
    return [path for path in sorted(SOURCE.rglob("*.py")) if path != root]


def test_no_string_names_a_room_above_or_beside() -> None:
    found = []
    for path in rooms():
        room = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        found += upwards(room, path.read_text())

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'import_module("b12guide.show.notebook")',
        'load_extra("b12guide.cohort.study", extra="cohort")',
        'found = import_module(f"b12guide.show.{name}")',
        'WAY = "b12guide.show.papers:page_of"',
    ],
)
def test_a_string_that_points_upwards_is_found(line: str) -> None:
    assert upwards("b12guide.graph.model", f'"""What it is."""\n{line}\n') != []


def test_a_string_that_points_downwards_is_none_of_its_business() -> None:
    assert upwards("b12guide.guideline", 'import_module("b12guide.audit.run")') == []
