"""Visiting a tree meets every part of it once, in the order of the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide.syntax import parse, to_text
from b12guide.syntax.ast import Name, children, descendants, names
from b12guide.text import Text
from tests.unit.syntax.writing import condition, item

GUIDELINES = sorted((Path(__file__).parents[3] / "guidelines").rglob("*.gdl"))


def test_the_names_of_a_condition_are_those_of_its_facts() -> None:
    asked = condition(
        "a and not (b > 5 cm assuming T1 or c is x) or any of d, e from 1 to 2 cm, (all of f, g)"
    )

    assert [name.text for name in names(asked)] == ["a", "b", "c", "d", "e", "f", "g"]


def test_descendants_are_children_at_any_depth() -> None:
    rule = item("rule r when a and (b or c) form x")
    everything = list(descendants(rule))

    assert children(rule)[0] == everything[0]
    assert {n.text for n in everything if isinstance(n, Name)} == {
        "r",
        "a",
        "b",
        "c",
        "x",
    }


@pytest.mark.parametrize("path", GUIDELINES, ids=lambda path: path.stem)
def test_a_shipped_guideline_survives_printing(path: Path) -> None:
    file = parse(Text(path.name, path.read_text(encoding="utf-8")))
    printed = to_text(file)

    assert parse(Text(path.name, printed)) == file
    assert sum(1 for _ in descendants(file)) > 100
