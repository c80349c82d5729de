"""Guidelines in colours."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest.importorskip("pygments", reason="the extra `sphinx` is not installed")

from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name, guess_lexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Text

from b12guide.highlight import WORDS, GdlLexer
from b12guide.syntax.grammar import parser

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "guidelines").rglob("*.gdl"))
FOREIGN = '(GUIDE) <\n    gdl_version = <"0.1">\n'


def lexed(text: str) -> list[tuple[object, str]]:
    """The tokens that are not white space."""
    return [(kind, said) for kind, said in GdlLexer().get_tokens(text) if said.strip()]


def test_every_keyword_of_the_grammar_has_one_part_to_play() -> None:
    keywords = [
        terminal.pattern.value
        for terminal in parser().terminals
        if terminal.pattern.type == "str" and terminal.pattern.value.isalpha()
    ]
    looked_ahead = ["last"]  # a name, unless so many values follow

    assert sorted(word for part in WORDS.values() for word in part) == sorted(
        keywords + looked_ahead
    )
    assert all(WORDS.values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_file_is_coloured_whole(path: Path) -> None:
    text = path.read_text("utf-8")
    tokens = list(GdlLexer(stripnl=False).get_tokens(text))

    assert [said for kind, said in tokens if kind is Error] == []
    assert "".join(said for _, said in tokens) == text


@pytest.mark.parametrize("word", sorted(WORDS["other"] | WORDS["clause"]))
def test_every_keyword_is_coloured_as_one(word: str) -> None:
    (token,) = lexed(word)

    assert token[0] in Keyword


def test_a_rule_is_coloured_part_by_part() -> None:
    text = 'rule renal "t" # why\n  when egfr < 35 mL/min/1.73 m² and s is none\n  states S05'

    assert lexed(text) == [
        (Keyword.Declaration, "rule"),
        (Name.Class, "renal"),
        (String.Double, '"t"'),
        (Comment.Single, "# why"),
        (Keyword, "when"),
        (Name, "egfr"),
        (Operator, "<"),
        (Number, "35"),
        (Keyword.Type, "mL/min/1.73 m²"),
        (Operator.Word, "and"),
        (Name, "s"),
        (Operator.Word, "is"),
        (Operator.Word, "none"),
        (Keyword, "states"),
        (Name.Label, "S05"),
    ]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("load 1000 µg IM daily", "µg"),
        ("load 1000 μg IM daily", "μg"),
        ("for 2 days", "days"),
        ("every month", "month"),
        ("3 times per week", "week"),
        ("unit x10^9/L", "x10^9/L"),
        ("saturation 20 %", "%"),
        ("check x at 3, 6 and 12 months, before the next dose", "months"),
    ],
)
def test_a_unit_is_told_from_a_name(text: str, unit: str) -> None:
    assert [said for kind, said in lexed(text) if kind is Keyword.Type] == [unit]


@pytest.mark.parametrize("text", ["for 6 doses", "printed as 1 inferred", "3 times"])
def test_a_word_of_the_language_is_no_unit(text: str) -> None:
    assert [said for kind, said in lexed(text) if kind is Keyword.Type] == []


def test_a_strength_is_whole_wherever_its_words_stand() -> None:
    tokens = lexed("strength should consider\nmay load")

    assert (Keyword.Constant, "should consider") in tokens
    assert (Keyword, "may") in tokens


def test_the_files_that_a_guideline_uses_are_paths() -> None:
    tokens = lexed("uses b12, parts/renal-2\nsource s")

    assert [said for kind, said in tokens if kind is Name.Namespace] == [
        "b12",
        "parts/renal-2",
    ]
    assert tokens[-1] == (Name.Class, "s")


def test_what_the_language_does_not_have_is_marked() -> None:
    assert (Error, "“") in lexed("because “typographic”")


@given(st.text(st.sampled_from(' \n"\\#rule when 1µ²“\x00,')) | st.text())
def test_any_text_is_coloured_without_loss(text: str) -> None:
    tokens = GdlLexer().get_tokens_unprocessed(text)

    assert "".join(said for _, _, said in tokens) == text


def test_pygments_finds_the_lexer_by_name_and_by_the_first_line() -> None:
    (entry,) = entry_points(group="pygments.lexers", name="gdl")

    assert entry.load() is GdlLexer
    assert isinstance(get_lexer_by_name("gdl"), GdlLexer)
    assert isinstance(guess_lexer("# ours\nlanguage 1\nguideline g\n"), GdlLexer)


def test_a_text_of_openehr_is_not_claimed() -> None:
    assert GdlLexer.analyse_text(FOREIGN) == 0
    assert lexed(FOREIGN) == [(Text, FOREIGN)]
