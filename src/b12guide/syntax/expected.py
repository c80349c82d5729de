"""What can follow at a place in a text that is not finished.

The grammar says which words can follow. What a name or unit there would be is found by writing one
and reading the item with it: the tree says what has become of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import field, frozen
from lark import UnexpectedInput
from lark.utils import TextSlice

from b12guide.syntax import grammar, scan
from b12guide.syntax.build.pieces import Refusal
from b12guide.syntax.explain.failure import Piece, keywords
from b12guide.syntax.grammar import Parts
from b12guide.syntax.parse import STAND_INS, pieces, read_piece

PLACEHOLDER = "zzz_here"
"""A name that stands for the one that is asked for; as a unit, it is `zzzhere`."""

UNIT_PLACEHOLDER = "zzzhere"

_WORD = re.compile(r"[A-Za-z_0-9\u00b5\u03bc%^/²³]*\Z")
_CLAUSE = re.compile(
    rf"^[ \t\f]*({'|'.join(sorted(scan.CLAUSES))})(?!\w)", re.MULTILINE
)

# What may have to follow a name so that its item can be read.
_ENDINGS = (
    "",
    " < 1",
    " is x",
    " 1 mg",
    " applies",
    " determined",
    " before x",
    " and x",
    ' ""',
    ' "x"',
    " quadrant",
    " to x9",
    " as x",
    " when x then x",
    " then x",
)


@frozen(kw_only=True)
class Expected:
    """What can follow at a place.

    Attributes:
        start: Where the word that is being written there begins.
        item: The word that the item around the place begins with; empty outside of items.
        words: The words of the language that can follow.
        terminals: The kinds of word that can follow, by their names in the grammar.
        readings: What the item would say with a placeholder there.
    """

    start: int
    item: str
    words: frozenset[str]
    terminals: frozenset[str] = field(repr=False)
    readings: tuple[Parts, ...] = field(default=(), repr=False)


def expected_at(characters: str, offset: int) -> Expected | None:
    """What can follow at `offset`; None inside of comments and quotation marks."""
    line = characters.rfind("\n", 0, offset) + 1
    for kind, start, end in scan.words(characters[line:offset]):
        if kind == "comment" or (
            kind == "string" and not _is_closed(characters[line + start : line + end])
        ):
            return None
    before = characters[:offset]
    word = _WORD.search(before)
    start = offset if word is None else word.start()
    before = before[:start]
    piece = next((p for p in reversed(list(pieces(before))) if p.start < start), None)
    if piece is None:
        piece = Piece(start=start, end=start, keyword="", read_as="file")
    elif piece.keyword in scan.HEADERS or not piece.keyword:
        piece = Piece(start=0, end=start, keyword=piece.keyword, read_as="file")
    for text, part in _attempts(before, piece):
        terminals = _following(text, part)
        if terminals:
            return Expected(
                start=start,
                item=piece.keyword,
                words=keywords(terminals),
                terminals=terminals,
                readings=tuple(_readings(text, part, terminals)),
            )
    return Expected(
        start=start, item=piece.keyword, words=frozenset(), terminals=frozenset()
    )


def _is_closed(string: str) -> bool:
    return len(string) > 1 and string[-1] == '"' and string[-2:] != '\\"'


def _attempts(before: str, piece: Piece) -> Iterator[tuple[str, Piece]]:
    """The item as it is, and then its last clause alone in an item that says nothing else."""
    yield before, piece
    clauses = [c.start(1) for c in _CLAUSE.finditer(before, piece.start, piece.end)]
    head = STAND_INS.get(piece.keyword)
    if head is None or not clauses:
        return
    text = f"{head}\n{before[clauses[-1] :]}"
    read_as = "guideline_chunk" if piece.read_as == "file" else piece.read_as
    yield text, Piece(start=0, end=len(text), keyword=piece.keyword, read_as=read_as)


def _following(text: str, piece: Piece) -> frozenset[str]:
    """The terminals that can follow at the end of a piece; none if it has errors before."""
    run = grammar.parser().parse_interactive(
        TextSlice(text, piece.start, piece.end), start=piece.read_as
    )
    try:
        for token in run.lexer_thread.lex(run.parser_state):  # type: ignore[no-untyped-call]
            run.feed_token(token)
    except (UnexpectedInput, Refusal):
        return frozenset()
    return frozenset(run.accepts())  # type: ignore[no-untyped-call]


def _readings(text: str, piece: Piece, terminals: frozenset[str]) -> Iterator[Parts]:
    space = "" if text[-1:].isspace() or not text else " "
    begin = text[piece.start : piece.end] + space
    words = scan.masked(begin)
    closing = ")" * (words.count("(") - words.count(")"))
    for terminal, placeholder in (
        ("NAME", PLACEHOLDER),
        ("PATH", PLACEHOLDER),
        ("UNIT", UNIT_PLACEHOLDER),
    ):
        if terminal in terminals:
            for ending in _ENDINGS:
                whole = begin + placeholder + ending + closing
                own = Piece(
                    start=0,
                    end=len(whole),
                    keyword=piece.keyword,
                    read_as=piece.read_as,
                )
                read = read_piece(whole, own)
                if isinstance(read, Parts):
                    yield read
