"""The grammar and the tree belong together."""

from __future__ import annotations

import io
import logging

import pytest
from lark import Lark
from lark import logger as lark_logger

from b12guide.syntax import grammar
from b12guide.syntax.build.pieces import RESERVED
from b12guide.syntax.explain.failure import Piece, failure_of, keywords
from b12guide.syntax.scan import (
    CLAUSES,
    DECLARATIONS,
    GUIDELINE_ITEMS,
    HEADERS,
    STARTERS,
)
from b12guide.text import Text


def built_rules() -> set[str]:
    """The rules and aliases whose children become one thing."""
    return {
        str(rule.alias or rule.origin.name)
        for rule in grammar.parser().rules
        if not rule.origin.name.startswith("__")
        and not (rule.options.expand1 and rule.alias is None)
    }


def test_every_rule_of_the_grammar_has_a_builder_and_every_builder_a_rule() -> None:
    assert set(grammar.BUILDERS) == built_rules()


def test_a_rule_without_a_builder_is_not_overlooked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(grammar.BUILDERS, "note")
    grammar.parser.cache_clear()
    try:
        with pytest.raises(NotImplementedError, match="rule note"):
            grammar.read('language 1 guideline g rule r note "n"', "file")
    finally:
        grammar.parser.cache_clear()


def conflicts_in(build: type[Lark], source: str | None = None) -> list[str]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    level = lark_logger.level
    lark_logger.addHandler(handler)
    lark_logger.setLevel(logging.DEBUG)
    try:
        if source is None:
            grammar.build(debug=True)
        else:
            build(source, parser="lalr", debug=True)
    finally:
        lark_logger.removeHandler(handler)
        lark_logger.setLevel(level)
    return [line for line in stream.getvalue().splitlines() if "onflict" in line]


def test_the_grammar_has_no_conflict() -> None:
    assert conflicts_in(Lark) == []


def test_a_conflict_would_be_seen() -> None:
    assert conflicts_in(Lark, 'start: "if" start ["else" start] | "x"')


def test_the_words_that_begin_items_and_clauses_are_keywords() -> None:
    keywords = {terminal.pattern.value for terminal in grammar.parser().terminals}

    assert HEADERS | DECLARATIONS | GUIDELINE_ITEMS | CLAUSES <= keywords
    assert keywords >= RESERVED


def test_the_parser_is_built_once() -> None:
    assert grammar.parser() is grammar.parser()


AGES = {"for", "within", "more", "less", "at", "rose", "fell"}
"""What goes on after the name of a fact, with how old it is or how it changed."""


@pytest.mark.parametrize(
    "item",
    [
        "rule r outside scope",
        'source s "S" missing',
        "drug d unit mg",
        "guideline g version 1.0.0",
        'example "e" given x',
        "define d as x strength claim",
        "silent on x strength claim",
    ],
)
def test_whatever_can_begin_a_clause_is_known_to_the_recovery(item: str) -> None:
    characters = f"language 1\n{item} )"
    piece = Piece(start=0, end=len(characters), keyword="", read_as="guideline_chunk")
    failure = failure_of(Text("x", characters), characters, piece)
    followers = keywords(failure.expected)

    assert followers
    assert (
        followers - {",", "and", "or", "on", "is", "from", "unknown", "assuming"} - AGES
        <= STARTERS
    )
