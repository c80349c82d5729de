"""The automaton reads what Lark reads, and Lark is still built as it expects."""

# ruff: noqa: SIM905 - words read best as words

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from attrs import fields, has
from hypothesis import example, given
from hypothesis import strategies as st
from lark import Lark, Token, UnexpectedInput
from lark.utils import TextSlice

from b12guide.syntax import automaton, grammar, parse_partial, to_text
from b12guide.syntax.ast import File
from b12guide.syntax.automaton import Automaton, Unread, automaton_of
from b12guide.syntax.build.pieces import Children, Refusal
from b12guide.syntax.explain.failure import Piece
from b12guide.syntax.parse import pieces
from b12guide.syntax.scan import STARTERS
from b12guide.text import Span, Text
from tests.strategies import syntax
from tests.unit.syntax.writing import HEAD

ROOT = Path(__file__).parents[3]
CORPUS = {
    path.relative_to(ROOT).as_posix(): path.read_bytes().decode("utf-8", "replace")
    for folder in ("guidelines", "templates", "tests")
    for path in sorted((ROOT / folder).rglob("*.gdl"))
}
SHORT = "\n".join(CORPUS["guidelines/mecobalamin_im.gdl"].splitlines()[:120])
WORDS = sorted(STARTERS) + (
    'x "text" 1000 0,5 µg mL/min IM , ( ) and or not < >= = any of from to until after every 2 '
    "on alternate days then for life # \n \n - : { “ ' 2026-02-24 1.0.0 x10^9/L unknown"
).split(" ")


@cache
def reader() -> Automaton:
    found = automaton_of(grammar.parser(), grammar.BUILDERS)
    assert found is not None, "Lark is built otherwise; all texts are read without it"
    return found


def whole(characters: str) -> Piece:
    return Piece(start=0, end=len(characters), keyword="", read_as="file")


def told(value: object) -> object:
    """A value with what equality leaves out: the types, the places, what a file says."""
    kind = type(value)
    if has(kind):
        return kind, *(told(getattr(value, field.name)) for field in fields(kind))
    if isinstance(value, tuple):
        return kind, *map(told, value)
    return kind, value


def by_lark(characters: str, piece: Piece) -> object:
    text = TextSlice(characters, piece.start, piece.end)
    try:
        return told(grammar.parser().parse(text, start=piece.read_as))
    except UnexpectedInput:
        return "it has errors"
    except Refusal as refusal:
        return refusal.args


def by_automaton(characters: str, piece: Piece) -> object:
    try:
        return told(reader().read(characters, piece.read_as, piece.start, piece.end))
    except Unread:
        return "it has errors"
    except Refusal as refusal:
        return refusal.args


def test_the_installed_lark_is_built_as_expected() -> None:
    assert automaton_of(grammar.parser(), grammar.BUILDERS) is not None


def test_a_text_without_errors_is_read_without_lark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grammar.parser()
    monkeypatch.delattr(Lark, "parse")

    assert grammar.read(f"{HEAD}rule r", "file").items
    with pytest.raises(AttributeError):
        grammar.read(f"{HEAD}rule", "file")


def test_no_more_is_read_than_was_asked_for() -> None:
    characters = "rule a rule b rule c"
    begin, end = characters.index("rule b"), characters.index("rule c")
    (item,) = grammar.read(characters, "guideline_chunk", begin, end).items

    assert item.span == Span(begin, begin + len("rule b"))


def test_each_state_looks_for_the_words_that_lark_looks_for() -> None:
    lark = grammar.parser()
    front = lark.parser
    words = automaton._words(lark.terminals, front)
    compared = 0
    for number, lexer in front.lexer.lexer.lexers.items():
        sought = [t.name for t in lexer.scanner.terminals]
        keywords = {
            name: {t.pattern.value: t.name for t in callback.scanner.terminals}
            for name, callback in lexer.callback.items()
        }
        kinds = words[number].kinds[1:]

        assert [name for _, name in kinds] == [
            name for name in sought if name not in {"WS", "COMMENT"}
        ]
        assert {name: found for found, name in kinds if found} == keywords
        compared += 1

    assert compared > 500


def test_no_word_begins_as_blanks_and_comments_do() -> None:
    """They are stepped over before a word is looked for."""
    for terminal in grammar.parser().terminals:
        if terminal.name not in {"WS", "COMMENT"}:
            pattern = re.compile(terminal.pattern.to_regexp())
            assert not any(
                pattern.match(f"{blank}{behind}")
                for blank in " \t\f\r\n#"
                for behind in ("", *map(chr, range(256)))
            )


@pytest.mark.parametrize("name", CORPUS)
def test_a_file_is_read_as_lark_reads_it(name: str) -> None:
    characters = CORPUS[name]

    for piece in (whole(characters), *pieces(characters)):
        assert by_automaton(characters, piece) == by_lark(characters, piece)


def test_the_files_are_of_all_kinds() -> None:
    read = [by_automaton(text, whole(text)) for text in CORPUS.values()]

    assert sum(found == "it has errors" for found in read) >= 10
    assert sum(found != "it has errors" for found in read) >= 10


@pytest.mark.parametrize("name", CORPUS)
def test_lark_alone_says_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text(name, CORPUS[name])
    quick = told(parse_partial(text))
    monkeypatch.setattr(grammar, "_automaton", lambda _: None)

    assert told(parse_partial(text)) == quick


@given(syntax.files())
def test_any_guideline_is_read_as_lark_reads_it(file: File) -> None:
    characters = to_text(file)

    for piece in (whole(characters), *pieces(characters)):
        assert by_automaton(characters, piece) == by_lark(characters, piece)


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.booleans())
@example(["language", "1", "\x00"], False)
@example(["rule", "unless"], True)
def test_soup_of_words_is_read_as_lark_reads_it(words: list[str], headed: bool) -> None:
    characters = (HEAD if headed else "") + " ".join(words)

    for piece in (whole(characters), *pieces(characters)):
        assert by_automaton(characters, piece) == by_lark(characters, piece)


@given(st.data())
def test_a_damaged_guideline_is_read_as_lark_reads_it(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SHORT)))
    end = data.draw(st.integers(start, min(start + 20, len(SHORT))))
    new = data.draw(st.sampled_from(WORDS) | st.text(max_size=3))
    characters = SHORT[:start] + new + SHORT[end:]

    for piece in (whole(characters), *pieces(characters)):
        assert by_automaton(characters, piece) == by_lark(characters, piece)


@pytest.mark.parametrize("end", range(len(SHORT) - 300, len(SHORT)))
def test_a_guideline_may_end_anywhere(end: int) -> None:
    piece = Piece(start=0, end=end, keyword="", read_as="file")

    assert by_automaton(SHORT, piece) == by_lark(SHORT, piece)


@pytest.mark.parametrize(
    "characters",
    [
        "",
        " \n",
        "# nothing",
        "\n# nothing\n\n",
        "#\n" * 50_000,
        f"{HEAD}rule r # {'# ' * 50_000}",
        f"{HEAD}rule r {' ' * 50_000}@",
        f"# a # b\n{HEAD}# c\n  # d\nrule r # e\n# f",
    ],
)
def test_blanks_and_comments_stand_anywhere(characters: str) -> None:
    piece = whole(characters)

    assert by_automaton(characters, piece) == by_lark(characters, piece)


def test_ctrl_c_passes() -> None:
    def pressed(_: Children) -> None:
        raise KeyboardInterrupt

    found = automaton_of(grammar.parser(), {**grammar.BUILDERS, "note": pressed})
    assert found is not None
    characters = f'{HEAD}rule r note "n"'

    with pytest.raises(KeyboardInterrupt):
        found.read(characters, "file", 0, len(characters))


def test_a_builder_that_is_missing_leaves_the_text_to_lark() -> None:
    builders = {name: b for name, b in grammar.BUILDERS.items() if name != "note"}

    assert automaton_of(grammar.parser(), builders) is None


@pytest.mark.parametrize(
    ("options", "source"),
    [
        ({"parser": "earley"}, "start: NAME\nNAME: /a/"),
        ({"parser": "lalr"}, "start: NAME\nNAME: /a/"),
    ],
)
def test_a_lark_that_is_built_otherwise_reads_alone(
    options: dict[str, object], source: str
) -> None:
    lark = Lark(source, **options)

    assert automaton_of(lark, {"start": str}) is None


def test_a_word_in_groups_leaves_the_text_to_lark() -> None:
    """The groups of the pattern tell which word was found."""

    def reads(source: str) -> bool:
        lark = Lark(source, parser="lalr", postlex=grammar._WholeWords())
        return automaton_of(lark, {"start": str}) is not None

    assert reads("start: NAME\nNAME: /(?:a)b/\n%ignore / /")
    assert not reads("start: NAME\nNAME: /(a)b/\n%ignore / /")


@pytest.mark.parametrize("priority", ["", ".1"])
def test_a_keyword_is_read_inside_of_words_of_its_own_priority(priority: str) -> None:
    source = f'start: (NAME | "if")+\nNAME{priority}: /[a-z]+/\n%ignore / /'
    lark = Lark(
        source, parser="lalr", postlex=grammar._WholeWords(), keep_all_tokens=True
    )
    found = automaton_of(lark, {"start": lambda c: [t.type for t in c]})
    assert found is not None
    characters = "if iffy if"

    assert found.read(characters, "start", 0, len(characters)) == [
        word.type for word in lark.parse(characters).scan_values(bool)
    ]


def test_words_can_be_shown() -> None:
    """Who writes a builder looks at its children."""
    seen: list[str] = []

    def shown(children: Children) -> object:
        seen.append(repr(children))
        return children[1]

    found = automaton_of(grammar.parser(), {**grammar.BUILDERS, "note": shown})
    assert found is not None
    characters = f'{HEAD}rule r note "n"'
    found.read(characters, "file", 0, len(characters))

    assert seen[0].startswith(f"[{Token('NOTE', 'note')!r}, Prose(")
