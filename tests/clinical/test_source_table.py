"""The page docs/source.md lists every statement with the rules that encode it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.clinical.asking import shipped

PAGE = Path(__file__).parents[2] / "docs" / "source.md"
GRAPH = shipped()[0].graph


def rows(letter: str) -> dict[str, str]:
    """The rows of the page by their first cell."""
    found = re.findall(
        rf"^\| ({letter}\d\d) \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return dict(found)


@pytest.mark.parametrize("statement", [f"S{number:02}" for number in range(1, 52)])
def test_a_statement_is_listed_with_all_that_encodes_it(statement: str) -> None:
    cells = rows("S")[statement].split("|")

    encoders = {
        name
        for items in (GRAPH.rules, GRAPH.definitions)
        for name, item in items.items()
        if statement in item.grounds.statements
    }
    assert {*re.findall(r"`(\w+)`", cells[-1])} == encoders


def test_every_open_point_is_listed() -> None:
    assert [*rows("T")] == [f"T{number:02}" for number in range(1, 56)]


def test_every_assumption_and_challenge_is_listed() -> None:
    assert {*GRAPH.assumptions, *GRAPH.challenges} <= {*rows("T"), *rows("A")}


def test_every_name_on_the_page_exists() -> None:
    known = {
        *GRAPH.rules,
        *GRAPH.definitions,
        *GRAPH.assumptions,
        *GRAPH.challenges,
        *GRAPH.vocabulary.facts,
        *GRAPH.vocabulary.tests,
        GRAPH.name,
    }
    text = "\n".join((*rows("S").values(), *rows("T").values()))

    named = {name for name in re.findall(r"`([a-z]\w*)`", text) if "_" in name}
    assert named - known == set()
