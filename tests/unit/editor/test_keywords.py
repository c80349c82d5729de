"""All words that begin a line are explained, each with an example that can be written."""

from __future__ import annotations

import pytest

from b12guide.editor.keywords import about_decision, about_keyword, decisions, keywords
from b12guide.graph.model import Decision
from b12guide.syntax.explain.failure import all_keywords
from b12guide.syntax.parse import parse_partial
from b12guide.syntax.scan import STARTERS
from b12guide.text import Text

HEADS = (
    "guideline g\n",
    "guideline g\nrule r\n",
    "guideline g\ndefine d as x\n",
    'guideline g\nsource s "S"\n',
    'guideline g\nexample "e"\n',
    "guideline g\nfinding f\n",
    "",
)
"""What an example may have to stand in."""


def test_every_word_that_begins_a_line_is_explained() -> None:
    assert STARTERS - keywords().keys() == set()
    assert keywords().keys() - all_keywords() == set()


@pytest.mark.parametrize("word", sorted(keywords()))
def test_the_example_of_a_word_can_be_written_and_has_it(word: str) -> None:
    example = keywords()[word].example
    tries = [f"language 1\n{head}{example}\n" for head in HEADS] + [example + "\n"]

    assert word in example.replace("(", " ").split()
    assert any(not parse_partial(Text("e.gdl", text))[1] for text in tries)


def test_every_decision_is_explained() -> None:
    assert list(decisions()) == [decision.value for decision in Decision]


def test_what_is_no_word_of_the_language_has_nothing_to_say() -> None:
    assert about_keyword("egfr") == about_decision("egfr") == ""
    assert about_keyword("withhold").startswith("**withhold** Drugs that are not given")
